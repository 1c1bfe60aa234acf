import { type RefCallback, useCallback, useState } from 'react'

/**
 * The room inside of an element, without its scrollbar: what is laid out by its outer width scrolls sideways wherever scrollbars
 * take room. 0 until it is measured.
 */
export function useInnerWidth(): readonly [RefCallback<HTMLElement>, number] {
  const [width, setWidth] = useState(0)
  const ref = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [ref, width]
}
