import { describe, expect, it } from 'vitest'
import { AppError, Secret } from '../../core/index.ts'
import { createLog, type Log, type LogLevel } from './index.ts'

function collecting(level: LogLevel = 'info'): {
  log: Log
  lines: () => Record<string, unknown>[]
  text: () => string
} {
  let text = ''
  const log = createLog({ level, stream: { write: (line) => void (text += line) } })
  const lines = () =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  return { log, lines, text: () => text }
}

describe('the log', () => {
  it('writes the message as it is and what varies in fields', () => {
    const { log, lines } = collecting()
    log
      .child({ orgId: 'a' })
      .info('scan completed', { digest: 'sha256:ab', milliseconds: 12, size: 2n ** 60n })
    expect(lines()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/Z$/) as string,
        orgId: 'a',
        digest: 'sha256:ab',
        milliseconds: 12,
        size: '1152921504606846976',
        msg: 'scan completed',
      },
    ])
  })

  it('leaves out what is below its level', () => {
    const { log, lines } = collecting('warn')
    log.info('not this')
    log.warn('this')
    expect(lines().map(({ msg }) => msg)).toEqual(['this'])
  })

  it('shows no secret, wherever it hides', () => {
    const { log, text } = collecting()
    const error = new AppError({
      code: 'x',
      kind: 'auth',
      publicMessage: 'Refused.',
      cause: new Error('GET https://user:hunter2@host/ with Authorization: Bearer hunter2hunter2'),
    })
    log.error('failed', {
      password: 'hunter2',
      settings: { apiKey: 'hunter2', list: [{ refresh_token: 'hunter2' }] },
      held: new Secret('hunter2'),
      headers: { Authorization: 'Basic hunter2hunter2', 'set-cookie': 'hunter2' },
      url: 'postgresql://portolan:hunter2@db/portolan',
      error,
    })
    expect(text()).not.toContain('hunter2')
    expect(text()).toContain('"code":"x"')
    expect(text()).toContain('https://[redacted]@host/')
  })

  it('cuts what is too long, too many or too deep', () => {
    const { log, text } = collecting()
    const loop: Record<string, unknown> = {}
    loop['self'] = loop
    log.info('large', {
      text: 'x'.repeat(1e6),
      list: Array.from({ length: 1e5 }, () => 1),
      loop,
      bytes: Buffer.alloc(9),
    })
    expect(text().length).toBeLessThan(10_000)
    expect(text()).toContain('[9 bytes]')
  })
})
