import { randomInt } from 'node:crypto'
import { Secret } from '../../core/index.ts'

/** Letters and digits that nobody takes for one another. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'

/** A password to be copied from a screen: four groups of five characters, 99 bits. */
export function newPassword(): Secret<string> {
  const group = (): string => Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('')
  return new Secret([group(), group(), group(), group()].join('-'))
}
