/** `text` without what of `characters` it begins and ends with. In linear time, which a pattern such as `/ +$/` is not. */
export function strip(text: string, characters: string): string {
  return stripStart(stripEnd(text, characters), characters)
}

export function stripStart(text: string, characters: string): string {
  let start = 0
  while (start < text.length && characters.includes(text.charAt(start))) start += 1
  return text.slice(start)
}

export function stripEnd(text: string, characters: string): string {
  let end = text.length
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}
