import type { Page } from 'playwright-core'

/** Texts of what stands over the edge of its cell, or of what else holds it. */
export function cutOff(page: Page, what: string): Promise<string[]> {
  return page.evaluate<string[]>(`[...document.querySelectorAll(${JSON.stringify(what)})]
    .filter((element) => {
      const cell = element.closest('td') ?? element.parentElement
      const room = cell.getBoundingClientRect().right - parseFloat(getComputedStyle(cell).paddingRight)
      const { left, right } = element.getBoundingClientRect()
      return Math.max(right, left + element.scrollWidth) > room + 1
    })
    .map((element) => element.textContent)`)
}
