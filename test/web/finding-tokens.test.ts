import { describe, expect, it } from 'vitest'
import { type Known, suggest, tokensOf } from '../../src/web/lib/finding-tokens.ts'

const digest = `sha256:${'0f'.repeat(32)}`
const known: Known = {
  repositories: [
    { id: 1, path: 'shop/api' },
    { id: 2, path: 'shop/web' },
  ],
  connections: [{ id: 'c1', name: 'Production' }],
  severity: ['CRITICAL'],
}
const labels = (text: string): string[] => suggest(text, known).map(({ label }) => label)
const patches = (text: string) => suggest(text, known).map(({ patch }) => patch)

describe('the filter bar', () => {
  it('adds a severity to those that are chosen, worst first', () => {
    expect(patches('severity:h')).toEqual([{ severity: ['CRITICAL', 'HIGH'] }])
    expect(labels('severity:')).toHaveLength(5)
  })

  it.each([
    ['fix:', ['fix:yes', 'fix:no']],
    ['repo:web', ['repository:shop/web']],
    ['repository:SHOP', ['repository:shop/api', 'repository:shop/web']],
    ['connection:prod', ['connection:Production']],
    ['package:zlib1g', ['package:zlib1g']],
    ['cve:cve-2026-1', ['cve:CVE-2026-1']],
    ['digest:nonsense', []],
    ['', []],
  ])('understands %j', (text, wanted) => {
    expect(labels(text)).toEqual(wanted)
  })

  it('takes bare words for a vulnerability or a package, then for names', () => {
    expect(labels('cve-2026-7')).toEqual(['cve:CVE-2026-7'])
    expect(labels('GHSA-abcd-efgh')).toEqual(['cve:GHSA-abcd-efgh'])
    expect(labels('shop')).toEqual(['package:shop', 'repository:shop/api', 'repository:shop/web'])
    expect(patches(digest)[0]).toEqual({ digest })
  })

  it('takes the beginning of a severity for the severity before a package, and that of a digest for its images', () => {
    expect(labels('high').slice(0, 2)).toEqual(['severity:high', 'package:high'])
    expect(labels('crit')[0]).toBe('severity:critical')
    const short = digest.slice(7, 19)
    const found = { ...known, digests: [digest, digest, `sha256:${'ab'.repeat(32)}`] }
    for (const text of [
      short,
      `sha256:${short}`,
      `digest:${short}`,
      `digest:sha256:${short}`,
      short.toUpperCase(),
    ]) {
      expect(suggest(text, found)[0]).toMatchObject({ label: `digest:${short}`, patch: { digest } })
    }
    expect(suggest(short, found).filter(({ label }) => label.startsWith('digest'))).toHaveLength(1)
    expect(suggest(short, { ...known, digests: [] })[0]?.label).toBe(`package:${short}`)
    expect(labels(short)).toEqual([])
    expect(suggest('0f0f', found)[0]?.label).toBe('package:0f0f')
  })

  it('takes a name with a colon that is no prefix for a package', () => {
    expect(labels('org.acme:core')[0]).toBe('package:org.acme:core')
    expect(labels('constructor:x')[0]).toBe('package:constructor:x')
  })

  it('names each filter of the address', () => {
    const search = {
      severity: ['HIGH' as const],
      repository: 2,
      connection: 'c1',
      digest,
      fix: 'no' as const,
    }
    expect(
      tokensOf(search, { repository: 'shop/web', connection: 'Production' }).map(({ label }) => label),
    ).toEqual([
      'severity: High',
      'repository: shop/web',
      'connection: Production',
      `digest: ${digest.slice(7, 19)}`,
      'fix: no',
    ])
    expect(tokensOf({ repository: 2 }, {})[0]?.label).toBe('repository: #2')
  })
})
