/** Says something to screen readers, once, politely. The shell renders the region (`#announcer`). */
export function announce(text: string): void {
  const region = document.getElementById('announcer')
  if (region === null) return
  region.textContent = ''
  requestAnimationFrame(() => {
    region.textContent = text
  })
}
