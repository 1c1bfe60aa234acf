import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ecosystems } from './ecosystems.ts'

const folder = join(import.meta.dirname, '../ecosystems')

describe('the table of ecosystems', () => {
  it('has a line for each folder, and a folder for each line', () => {
    const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    expect(ecosystems.map(({ id }) => id).sort()).toEqual(folders.map(({ name }) => name).sort())
  })

  it('has one README for each', () => {
    for (const { id } of ecosystems) expect(readdirSync(join(folder, id))).toContain('README.md')
  })

  it('names each analyzer and each family once', () => {
    const names = ecosystems.flatMap(({ analyzers }) => analyzers.map(({ id }) => id))
    const families = ecosystems.flatMap(({ distributions }) => distributions.map(({ family }) => family))
    expect(new Set(names).size).toBe(names.length)
    expect(new Set(families).size).toBe(families.length)
  })
})

/** Where every text is a version. */
const anyTextIsOne = new Set(['maven', 'rpm'])

/** What every ecosystem owes to indexing and matching. */
describe.each(ecosystems.map((ecosystem) => [ecosystem.id, ecosystem] as const))('%s', (id, ecosystem) => {
  it('bounds what it reads and versions its results', () => {
    for (const analyzer of ecosystem.analyzers) {
      expect(analyzer.maxSize).toBeGreaterThan(0)
      expect(analyzer.maxSize).toBeLessThanOrEqual(768 * 1024 * 1024)
      expect(analyzer.version).toBeGreaterThanOrEqual(1)
      expect(analyzer.id.startsWith(`${id}-`)).toBe(true)
    }
    expect(ecosystem.matcherVersion).toBeGreaterThanOrEqual(1)
  })

  it('survives any content: facts or an error, never a hang', () => {
    const hostile = [
      '',
      '\0',
      '{',
      '\n'.repeat(10_000),
      'A:'.repeat(10_000),
      '\uFFFF',
      'P:\nV:\n\n'.repeat(1000),
    ]
    for (const analyzer of ecosystem.analyzers) {
      for (const text of hostile) {
        try {
          expect(Array.isArray(analyzer.read('some/path', new TextEncoder().encode(text)))).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
        }
      }
    }
  })

  it('orders versions: reflexive, antisymmetric, silent on what is none', () => {
    const versions = ['1.0.0', '1.0.1', '2.0.0', '10.0.0']
    for (const left of versions) {
      expect(Math.abs(ecosystem.compare(left, left) ?? Number.NaN)).toBe(0)
      for (const right of versions) {
        const forth = Math.sign(ecosystem.compare(left, right) ?? Number.NaN)
        expect(forth + Math.sign(ecosystem.compare(right, left) ?? Number.NaN)).toBe(0)
        expect(forth).toBe(Math.sign(versions.indexOf(left) - versions.indexOf(right)))
      }
    }
    expect(ecosystem.compare('not a version!', '1.0.0') === undefined).toBe(!anyTextIsOne.has(id))
  })

  it('looks up no library without a version', () => {
    expect(ecosystem.subject?.({ name: 'a', version: '' }).subject ?? null).toBeNull()
  })

  it('gives a subject by exactly one way: a distribution or itself', () => {
    expect(ecosystem.distributions.length > 0).toBe(ecosystem.subject === undefined)
  })
})
