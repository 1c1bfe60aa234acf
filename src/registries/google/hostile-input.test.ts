import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError, Secret } from '../../core/index.ts'
import type { HttpResponse } from '../../platform/http/index.ts'
import { mutations } from '../../test-support/mutations.ts'
import { Accounts } from '../../test-support/platforms/google/accounts.ts'
import { scaled } from '../../test-support/scale.ts'
import { imagesAnswer, versionsAnswer } from './answers/schema.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { explainRefusal } from './errors.ts'
import { readCredentials } from './identity/key-file.ts'

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(bytes))
  } catch {
    return textOf(bytes)
  }
}

const digest = `sha256:${'ab'.repeat(32)}`
const time = '2026-01-01T00:00:00.000000Z'
const answers = [
  {
    dockerImages: [
      { name: `p/dockerImages/a%2Fb@${digest}`, tags: ['1'], uploadTime: time, imageSizeBytes: '5' },
    ],
  },
  { versions: [{ name: `p/versions/${digest}`, relatedTags: [{ name: 'p/tags/1' }], createTime: time }] },
].map(bytesOf)
const refusal = bytesOf({
  error: {
    message: "Permission 'artifactregistry.repositories.list' denied",
    status: 'PERMISSION_DENIED',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'IAM_PERMISSION_DENIED',
        metadata: { permission: 'a.b' },
      },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '3s' },
    ],
  },
})

describe('damaged input', () => {
  it('of a key file is read, or its problem is said', () => {
    const file = bytesOf(new Accounts('acme-prod-1234').keyFile('reader'))
    fc.assert(
      fc.property(mutations([file]), (bytes) => {
        const read = readCredentials(new Secret(textOf(bytes)), true)
        if (typeof read !== 'string') expect(read.kind).toBe('key')
        else expect(read).not.toContain('BEGIN')
      }),
      { numRuns: scaled(300, 100_000) },
    )
  })

  it('of an answer is refused, or gives nothing but names, digests and times', () => {
    fc.assert(
      fc.property(mutations(answers), (bytes) => {
        const images = imagesAnswer.safeParse(jsonOf(bytes))
        for (const { name, tags, uploadTime } of images.data?.dockerImages ?? []) {
          expect(name.digest).toMatch(/^sha256:[0-9a-f]{64}$/)
          for (const tag of tags) expect(tag).toMatch(/^\w[\w.-]{0,127}$/)
          if (uploadTime !== undefined) expect(Number.isSafeInteger(uploadTime)).toBe(true)
        }
        const versions = versionsAnswer.safeParse(jsonOf(bytes))
        for (const { name } of versions.data?.versions ?? []) expect(name).toMatch(/^sha256:[0-9a-f]{64}$/)
      }),
      { numRuns: scaled(500, 200_000) },
    )
  })

  it('of a refusal is explained, or left to its status', () => {
    const asking = { project: 'acme-prod-1234', account: 'a@b', now: 0 }
    const response = { header: () => undefined } as unknown as HttpResponse
    const request = { path: '/', doing: 'list' }
    fc.assert(
      fc.property(mutations([refusal]), fc.constantFrom(400, 401, 403, 404, 429, 500), (bytes, status) => {
        const explained = explainRefusal({ status, body: jsonOf(bytes), response, request }, asking)
        if (explained === undefined) return
        expect(explained).toBeInstanceOf(AppError)
        expect(explained.publicMessage.length).toBeLessThan(1000)
        // A control character never reaches a terminal.
        expect(explained.publicMessage).not.toMatch(/\p{Cc}/u)
      }),
      { numRuns: scaled(500, 200_000) },
    )
  })

  it('of a cursor begins anew or says where to go on', () => {
    const cursor = { at: 'us/web', pageToken: 'a&b=c d+', newestFirst: true, partial: true }
    expect(readCursor(writeCursor(cursor))).toEqual(cursor)
    fc.assert(
      fc.property(mutations([new TextEncoder().encode(writeCursor(cursor))]), (bytes) => {
        const read = readCursor(textOf(bytes))
        if (read !== undefined) expect(readCursor(writeCursor(read))).toEqual(read)
      }),
      { numRuns: scaled(300, 100_000) },
    )
  })
})
