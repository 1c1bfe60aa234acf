/** A `ref` for what has just come and wants to be read first: a message, the step that one was led to. It needs `tabIndex={-1}`. */
export function takeFocus(element: HTMLElement | null): void {
  element?.focus()
}
