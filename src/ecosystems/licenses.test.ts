import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { splitLicenses } from './licenses.ts'

it.each([
  ['MIT, GPL-2.0 or later', ['MIT', 'GPL-2.0 or later']],
  ['Apache License, Version 2.0', ['Apache License, Version 2.0']],
  ['MIT__and__BSD,or X', ['MIT', 'BSD', 'or X']],
  ['Permission is hereby granted', []],
])('parts %s', (line, expected) => {
  expect(splitLicenses(line)).toEqual(expected)
})

it('parts as the plain pattern of Trivy does', () => {
  const text = fc.array(fc.constantFrom(' ', '_', ',', 'or', 'and', 'x'), { maxLength: 14 })
  fc.assert(
    fc.property(text, (pieces) => {
      const line = pieces.join('')
      const expected = line === '' ? [] : line.split(/,?[_ ]+(?:or|and)[_ ]+|, */)
      expect(splitLicenses(line)).toEqual(expected)
    }),
    { numRuns: 5_000 },
  )
})
