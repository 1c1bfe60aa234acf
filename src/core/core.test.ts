import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  AppError,
  countSeverities,
  digestHex,
  isRetryable,
  newId,
  parseDigest,
  parsePlatform,
  platformMatches,
  Secret,
  safeText,
  severityOfRank,
  severityRank,
  shortDigest,
  toAppError,
} from './index.ts'

describe('digest', () => {
  const text = `sha256:${'0123456789abcdef'.repeat(4)}`

  test('is read and shortened', () => {
    expect(digestHex(parseDigest(text))).toHaveLength(64)
    expect(shortDigest(parseDigest(text))).toBe('0123456789ab')
  })

  test.each([
    '',
    'sha256:',
    text.toUpperCase(),
    `${text}0`,
    text.slice(0, -1),
    text.replace('sha256', 'sha512'),
    `${text}\n`,
  ])('refuses %j', (bad) => {
    expect(() => parseDigest(bad)).toThrow(AppError)
  })
})

describe('secret', () => {
  const secret = new Secret('hunter2')

  test('shows itself nowhere', () => {
    const shown = [
      String(secret),
      JSON.stringify({ secret }),
      inspect({ secret }, { depth: 9, showHidden: true }),
      JSON.stringify({ ...secret }),
      `${secret}`,
    ]
    expect(shown.join(' ')).not.toContain('hunter2')
    expect(String(secret)).toBe('[redacted]')
  })

  test('is revealed on demand', () => {
    expect(secret.reveal()).toBe('hunter2')
  })
})

describe('safeText', () => {
  test('shows escapes instead of obeying them', () => {
    expect(safeText('a\u001b[2Jb\u202Ec\r\nd')).toBe('a\\u001b[2Jb\\u202ec\\u000d\\u000ad')
  })

  test('is cut', () => {
    expect(safeText('x'.repeat(500), 10)).toBe(`${'x'.repeat(10)}…`)
  })

  test('keeps surrogate pairs whole, and shows halves of them', () => {
    const pair = '\u{1F600}'
    expect(safeText(`${'x'.repeat(9)}${pair}y`, 10)).toBe(`${'x'.repeat(9)}…`)
    expect(safeText(`${'x'.repeat(8)}${pair}y`, 10)).toBe(`${'x'.repeat(8)}${pair}…`)
    expect(safeText(`${pair.slice(0, 1)}a${pair.slice(1)}`)).toBe('\\ud83da\\ude00')
  })
})

describe('errors', () => {
  test('an unknown throw is a bug whose text is not shown', () => {
    const error = toAppError(new Error('password=hunter2'))
    expect(error.kind).toBe('bug')
    expect(error.publicMessage).not.toContain('hunter2')
  })

  test('an abort is a cancel', () => {
    expect(toAppError(new DOMException('stop', 'AbortError')).kind).toBe('cancelled')
  })

  test.each([
    ['temporary', true],
    ['rate-limited', true],
    ['auth', false],
    ['bug', false],
  ] as const)('%s is retryable: %s', (kind, wanted) => {
    expect(isRetryable(new AppError({ code: 'x-y', kind, publicMessage: '' }))).toBe(wanted)
  })
})

describe('severity', () => {
  test('ranks are the integers of the database', () => {
    expect(severityRank('CRITICAL')).toBe(4)
    expect(severityOfRank(0)).toBe('UNKNOWN')
    expect(severityOfRank(99)).toBe('UNKNOWN')
  })

  test('counts', () => {
    expect(countSeverities(['HIGH', 'HIGH', 'LOW'])).toEqual({
      UNKNOWN: 0,
      LOW: 1,
      MEDIUM: 0,
      HIGH: 2,
      CRITICAL: 0,
    })
  })
})

describe('platform', () => {
  test('a wanted platform without variant takes any', () => {
    expect(platformMatches(parsePlatform('linux/arm64/v8'), parsePlatform('linux/arm64'))).toBe(true)
    expect(platformMatches(parsePlatform('linux/arm/v6'), parsePlatform('linux/arm/v7'))).toBe(false)
    expect(() => parsePlatform('linux')).toThrow(AppError)
  })
})

test('ids sort by time and carry version and variant (RFC 9562)', () => {
  const ids = [1, 2, 1000, 1_700_000_000_000].map((now) => newId(now))
  expect([...ids].sort()).toEqual(ids)
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
