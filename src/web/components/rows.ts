import type { KeyboardEvent, MouseEvent } from 'react'

/** A row's main link: the way to its details for everybody; the rest of the row leads there by mouse. */
const MAIN_LINK = '[data-row-link]'
const ROW = '[data-index]'

/** Up and down walk over the rows' main links. */
export function walkRows(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  const row = (event.target as HTMLElement).closest(ROW)
  if (step === 0 || row === null) return
  const index = Number(row.getAttribute('data-index')) + step
  const next = event.currentTarget.querySelector<HTMLElement>(`[data-index="${index}"] ${MAIN_LINK}`)
  if (next === null) return
  event.preventDefault()
  next.focus()
}

/** A click anywhere in a row opens it, but not one on a control of its own, and not the end of selecting text. */
export function openRow(event: MouseEvent<HTMLElement>): void {
  const target = event.target as HTMLElement
  const link = target.closest(ROW)?.querySelector(MAIN_LINK)
  if (link === null || link === undefined || target.closest('a, button, input') !== null) return
  if (window.getSelection()?.isCollapsed === false) return
  const { ctrlKey, metaKey, shiftKey } = event
  link.dispatchEvent(
    new window.MouseEvent('click', { bubbles: true, cancelable: true, ctrlKey, metaKey, shiftKey }),
  )
}
