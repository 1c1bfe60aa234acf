/** A `ref` for what has just come and wants to be read first: a message, the step that one was led to. It needs `tabIndex={-1}`. */
export function takeFocus(element: HTMLElement | null): void {
  element?.focus()
}

/** The field of a list in which one searches and filters. */
export const FILTER_FIELD = '[data-filter-field]'
const PAGE_TITLE = '[data-page-title]'

/**
 * Moves the focus to where one goes on, as what had it leaves: else it would fall back to the beginning of the document. Where that is
 * gone too, to the title of the page.
 */
export function focusOn(place: string): void {
  requestAnimationFrame(() => {
    const found =
      document.querySelector<HTMLElement>(place) ?? document.querySelector<HTMLElement>(PAGE_TITLE)
    found?.focus()
  })
}
