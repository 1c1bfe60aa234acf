import { describe, expect, test } from 'vitest'
import { formatImageReference, isRepositoryName, parseImageReference } from './image-reference.ts'

const digest = `sha256:${'a'.repeat(64)}`

describe('parseImageReference', () => {
  test.each([
    ['debian', 'docker.io', 'library/debian', 'latest', undefined],
    ['debian:12', 'docker.io', 'library/debian', '12', undefined],
    ['acme/api', 'docker.io', 'acme/api', 'latest', undefined],
    ['index.docker.io/nginx:1', 'docker.io', 'library/nginx', '1', undefined],
    ['docker.io/acme/api:1', 'docker.io', 'acme/api', '1', undefined],
    ['localhost/api', 'localhost', 'api', 'latest', undefined],
    ['localhost:5000/api:2', 'localhost:5000', 'api', '2', undefined],
    ['127.0.0.1:5000/a/b/c', '127.0.0.1:5000', 'a/b/c', 'latest', undefined],
    ['[::1]:5000/api:2', '[::1]:5000', 'api', '2', undefined],
    [`ghcr.io/acme/api@${digest}`, 'ghcr.io', 'acme/api', undefined, digest],
    [`ghcr.io/acme/api:1.4@${digest}`, 'ghcr.io', 'acme/api', '1.4', digest],
  ])('%s', (text, registry, repository, tag, wanted) => {
    const reference = parseImageReference(text)
    expect([reference.registry, reference.repository, reference.tag, reference.digest]).toEqual([
      registry,
      repository,
      tag,
      wanted,
    ])
    expect(parseImageReference(formatImageReference(reference))).toEqual(reference)
  })

  test.each([
    '',
    ':',
    'UPPER/case',
    'a//b',
    'a/b:',
    'a b',
    'host.example/',
    `a@sha256:${'a'.repeat(63)}`,
    'a@md5:abc',
    'a:t@g',
    '../etc/passwd',
    `a:${'x'.repeat(129)}`,
    'http://host.example/a',
  ])('refuses %j', (text) => {
    expect(() => parseImageReference(text)).toThrow(
      expect.objectContaining({ code: 'image-reference-invalid', kind: 'invalid' }),
    )
  })

  test('a repository name has at most 255 characters', () => {
    expect(isRepositoryName('a'.repeat(255))).toBe(true)
    expect(isRepositoryName('a'.repeat(256))).toBe(false)
  })
})
