import { describe, expect, it } from 'vitest'
import {
  absoluteTime,
  bytes,
  compact,
  counted,
  exactTotal,
  loadedOf,
  relativeTime,
  safeLink,
  scanInterval,
  shortAge,
  shortDigest,
  withTimes,
} from '../../src/web/lib/format.ts'
import { layoutColumns } from '../../src/web/lib/columns.ts'
import { percent, percentOf, percentOfAll, scannedPercent } from '../../src/web/lib/overview.ts'
import { rateOf, withSample } from '../../src/web/lib/rate.ts'
import { readQuery } from '../../src/web/lib/search-words.ts'
import { countsInWords } from '../../src/web/lib/severity.ts'

const now = Date.parse('2026-03-04T12:00:00Z')
const before = (hours: number): string => new Date(now - hours * 3_600_000).toISOString()

describe('times', () => {
  it('within a message are said as everywhere, and what only looks like one stays', () => {
    const time = '2026-03-04T12:00:00.000Z'
    expect(withTimes(`It waits until ${time} (as it says).`)).toBe(
      `It waits until ${absoluteTime(time)} (as it says).`,
    )
    expect(withTimes('not 2026-99-99T12:00:00Z')).toBe('not 2026-99-99T12:00:00Z')
  })

  it.each([
    [0.001, 'just now'],
    [0.5, '30 minutes ago'],
    [5, '5 hours ago'],
    [25, 'yesterday'],
    [-14, 'in 14 hours'],
    [24 * 70, '2 months ago'],
    [24 * 800, '2 years ago'],
  ])('%d hours before is %s', (hours, words) => {
    expect(relativeTime(before(hours), now)).toBe(words)
  })

  it("what the page's clock has not reached yet has just been", () => {
    expect(relativeTime(new Date(now + 29_000).toISOString(), now)).toBe('just now')
    expect(relativeTime(new Date(now + 31_000).toISOString(), now)).toBe('in a moment')
  })

  it.each([
    [0.4, '24 min'],
    [47, '47 h'],
    [49, '2 days'],
    [-1, '0 min'],
  ])('an age of %d hours is %s', (hours, words) => {
    expect(shortAge(before(hours), now)).toBe(words)
  })
})

describe('figures', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [357_000_000, '340 MiB'],
    [2 ** 40 * 1.25, '1.3 TiB'],
  ])('%d bytes are %s', (count, words) => {
    expect(bytes(count)).toBe(words)
  })

  it('counts in words, with the right plural', () => {
    expect(counted(1, 'image')).toBe('1 image')
    expect(counted(1234, 'registry', 'registries')).toBe('1,234 registries')
    expect(countsInWords({ CRITICAL: 2, HIGH: 0, MEDIUM: 12, LOW: 0, UNKNOWN: 0 })).toBe(
      '2 critical, 12 medium',
    )
    expect(countsInWords({ CRITICAL: 0, HIGH: 0, MEDIUM: 0, LOW: 0, UNKNOWN: 0 })).toBe('no findings')
  })

  it.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1k'],
    [1_299, '1.2k'],
    [14_799, '14k'],
    [999_999, '999k'],
    [3_500_000, '3.5M'],
  ])('says %d in little room as %s', (count, words) => {
    expect(compact(count)).toBe(words)
  })

  it('says how much of a list is there', () => {
    expect(loadedOf(100, '5000', true, 'image')).toBe('100 of 5,000 images')
    expect(loadedOf(12, '12', false, 'image')).toBe('12 images')
    expect(loadedOf(100, '10,000+', true, 'image')).toBe('100 of 10,000+ images')
    expect(loadedOf(100, null, true, 'image')).toBe('100 images so far')
    expect(exactTotal('9,999')).toBe(9999)
    expect(exactTotal('10,000+')).toBeNull()
  })

  it('never rounds to all or to none', () => {
    expect([percent(0, 9), percent(1, 1000), percent(999, 1000), percent(9, 9)]).toEqual([0, 1, 99, 100])
    const none = { repositories: 1, images: 9, pending: 0, scanning: 0, completed: 0, failed: 0 }
    expect(scannedPercent(none)).toBeNull()
    expect(scannedPercent({ ...none, completed: 1, failed: 1 })).toBe(50)
    expect(percentOf('1', '4')).toBe(25)
    expect([percentOf('0', '0'), percentOf('9', '10,000+'), percentOf(null, '1')]).toEqual([null, null, null])
    expect(
      percentOfAll([
        { ...none, completed: 3 },
        { ...none, pending: 1 },
      ]),
    ).toBe(75)
  })

  it('names a schedule', () => {
    expect([null, 1, 6, 24, 72, 168].map(scanInterval)).toEqual([
      'Manual',
      'Hourly',
      'Every 6 hours',
      'Daily',
      'Every 3 days',
      'Weekly',
    ])
  })

  it('tells a rate only of one phase and of enough time', () => {
    const first = withSample([], { phase: 'scanning', done: 0, at: 0 })
    expect(rateOf(first)).toBeNull()
    const second = withSample(first, { phase: 'scanning', done: 40, at: 2_000 })
    expect(rateOf(second)).toBe('20 per second')
    expect(withSample(second, { phase: 'scanning', done: 40, at: 3_000 })).toBe(second)
    expect(rateOf(withSample(first, { phase: 'scanning', done: 1, at: 3_000 }))).toBe('20 per minute')
    expect(withSample(second, { phase: 'discovering', done: 1, at: 4_000 })).toHaveLength(1)
  })
})

describe('what registries and feeds say', () => {
  it('only http and https become links', () => {
    expect(safeLink('https://a.example/x')?.href).toBe('https://a.example/x')
    for (const text of ['javascript:alert(1)', 'data:text/html,x', ' file:///etc/passwd', 'not a link', '']) {
      expect(safeLink(text)).toBeNull()
    }
  })

  it('digests are shown by twelve digits', () => {
    expect(shortDigest(`sha256:${'ab'.repeat(32)}`)).toBe('abababababab')
  })
})

describe('the search box', () => {
  it.each([
    ['cve-2024-1', ['Findings of CVE-2024-1', 'Images with “cve-2024-1”']],
    ['abcdef123456', ['Images with “abcdef123456”']],
    ['openssl', ['Images with “openssl”', 'Findings in package “openssl”']],
    [' ', []],
  ])('%j leads to %j', (text, wanted) => {
    expect(readQuery(text).map(({ label }) => label)).toEqual(wanted)
  })
})

describe('columns', () => {
  const columns = [
    { id: 'a', width: 100, grow: 3 },
    { id: 'b', width: 100, grow: 1 },
    { id: 'c', width: 100, leaves: 2 },
    { id: 'd', width: 100, leaves: 1 },
  ]
  const shown = (available: number) =>
    layoutColumns(columns, available).map(({ id, pixels }) => `${id} ${pixels}`)

  it('share what is left over, and leave one after the other as soon as there is no room for all', () => {
    expect(shown(800)).toEqual(['a 400', 'b 200', 'c 100', 'd 100'])
    expect(shown(400)).toEqual(['a 100', 'b 100', 'c 100', 'd 100'])
    expect(shown(399)).toEqual(['a 174', 'b 124', 'c 100'])
    expect(shown(299)).toEqual(['a 174', 'b 124'])
  })

  it('stay at their least widths where the rest has no room either, and before anything is measured', () => {
    expect(shown(150)).toEqual(['a 100', 'b 100'])
    expect(shown(0)).toHaveLength(4)
  })
})
