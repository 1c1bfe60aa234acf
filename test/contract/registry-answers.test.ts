import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseChallenges } from '../../src/registries/distribution/challenge.ts'
import { hasPrograms } from '../../src/test-support/docker-registry.ts'
import { testHttp } from '../../src/test-support/http.ts'
import { Cleanup } from '../../src/test-support/registry-client.ts'
import { seed, seeds, type Target, targetKinds } from './registry-targets.ts'

interface Question {
  readonly name: string
  readonly method: 'GET' | 'HEAD'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
}

const all = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')
const [first] = seeds
const digest = first.built.manifest.digest
const config = first.built.config.digest
const nothing = `sha256:${'0'.repeat(64)}`

const questions: readonly Question[] = [
  { name: 'ping', method: 'GET', path: '/v2/' },
  { name: 'catalog', method: 'GET', path: '/v2/_catalog' },
  { name: 'catalog, first page', method: 'GET', path: '/v2/_catalog?n=1' },
  { name: 'catalog, next page', method: 'GET', path: '/v2/_catalog?n=1&last=acme%2Fapi' },
  { name: 'tags', method: 'GET', path: '/v2/acme/deep/er/web/tags/list' },
  { name: 'tags of nothing', method: 'GET', path: '/v2/acme/gone/tags/list' },
  ...(['GET', 'HEAD'] as const).flatMap((method): Question[] => [
    {
      name: `${method} manifest by tag`,
      method,
      path: '/v2/acme/api/manifests/1.0',
      headers: { accept: all },
    },
    {
      name: `${method} index by tag`,
      method,
      path: '/v2/acme/api/manifests/latest',
      headers: { accept: all },
    },
    {
      name: `${method} manifest by digest`,
      method,
      path: `/v2/acme/api/manifests/${digest}`,
      headers: { accept: all },
    },
    { name: `${method} unknown tag`, method, path: '/v2/acme/api/manifests/gone', headers: { accept: all } },
    {
      name: `${method} unknown digest`,
      method,
      path: `/v2/acme/api/manifests/${nothing}`,
      headers: { accept: all },
    },
    { name: `${method} manifest, no types accepted`, method, path: '/v2/acme/api/manifests/1.0' },
    { name: `${method} index, no types accepted`, method, path: '/v2/acme/api/manifests/latest' },
    { name: `${method} blob`, method, path: `/v2/acme/api/blobs/${config}` },
    { name: `${method} unknown blob`, method, path: `/v2/acme/api/blobs/${nothing}` },
    { name: `${method} a digest that is none`, method, path: '/v2/acme/api/blobs/sha256:zz' },
  ]),
  {
    name: 'manifest that we have',
    method: 'GET',
    path: '/v2/acme/api/manifests/1.0',
    headers: { accept: all, 'if-none-match': `"${digest}"` },
  },
  {
    name: 'part of a blob',
    method: 'GET',
    path: `/v2/acme/api/blobs/${config}`,
    headers: { range: 'bytes=5-9' },
  },
  {
    name: 'rest of a blob',
    method: 'GET',
    path: `/v2/acme/api/blobs/${config}`,
    headers: { range: 'bytes=20-' },
  },
  {
    name: 'beyond a blob',
    method: 'GET',
    path: `/v2/acme/api/blobs/${config}`,
    headers: { range: 'bytes=99999-' },
  },
  { name: 'a token that is none', method: 'GET', path: '/v2/', headers: { authorization: 'Bearer a.b.c' } },
  {
    name: 'a token that is none, for a repository',
    method: 'GET',
    path: '/v2/acme/deep/er/web/tags/list',
    headers: { authorization: 'Bearer a.b.c' },
  },
  { name: 'a wrong password', method: 'GET', path: '/v2/', headers: { authorization: 'Basic YTpi' } },
  { name: 'another path', method: 'GET', path: '/nothing' },
]

/** Headers that a client reads. */
const headers = [
  'content-type',
  'docker-content-digest',
  'docker-distribution-api-version',
  'etag',
  'accept-ranges',
  'content-range',
  'link',
] as const

// distribution 2.8.2 announces for 416 the length of the whole blob and sends less: our registry need not do that.
const bodiless = new Set(['beyond a blob'])

async function ask(target: Target, question: Question) {
  const http = testHttp()
  try {
    const { method, path } = question
    const response = await http.request({
      method,
      url: target.url + path,
      ...(question.headers ? { headers: question.headers } : {}),
    })
    const ignoresBody = bodiless.has(question.name)
    const body = ignoresBody ? '' : Buffer.from(await response.bytes(1 << 20)).toString()
    if (ignoresBody) await response.discard()
    const challenges = parseChallenges(response.headerValues('www-authenticate'))
    return {
      status: response.status,
      headers: Object.fromEntries(
        headers.map((name) => [name, ignoresBody ? undefined : response.header(name)]),
      ),
      length: ignoresBody || response.status === 304 ? undefined : response.header('content-length'),
      challenges: challenges.map(({ scheme, parameters }) => [
        scheme,
        parameters.get('scope'),
        parameters.get('error'),
      ]),
      body: body.startsWith('{"errors"') ? JSON.parse(body) : body,
    }
  } finally {
    await http.close()
  }
}

describe.skipIf(!hasPrograms('docker-registry', 'skopeo'))('our registry answers as the real one', () => {
  const modes = targetKinds
    .filter(({ real }) => real)
    .map(({ name }) => name.replace('docker-registry, ', ''))
  for (const mode of modes.filter((name) => !name.includes('TLS'))) {
    describe(mode, () => {
      const cleanup = new Cleanup()
      const targets: Target[] = []
      beforeAll(async () => {
        for (const kind of targetKinds.filter(({ name }) => name.endsWith(`, ${mode}`))) {
          const target = cleanup.keep(await kind.start())
          await seed(target)
          targets.push(target)
        }
        expect(targets).toHaveLength(2)
      })
      afterAll(() => cleanup.close())

      it.each(questions)('$name', async (question) => {
        const [real, ours] = targets
        if (!real || !ours) throw new Error('no targets')
        expect(await ask(ours, question)).toEqual(await ask(real, question))
      })
    })
  }
})
