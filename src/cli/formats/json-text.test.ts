import { expect, it } from 'vitest'
import { jsonText } from './json-text.ts'

it('writes control and bidirectional characters as escapes, and means the same', () => {
  const document = { 'na\u009bme': 'a\u001b[31m\u007f\u0085\u202e\u2028\u{e0001}b — ü' }
  const text = jsonText(document)
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/u)
  expect(text).toContain('\\udb40\\udc01b — ü')
  expect(JSON.parse(text)).toEqual(document)
})
