import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Digest } from '../core/index.ts'
import { buildImage } from '../test-support/image-builder/index.ts'
import {
  envelopeOf,
  pushAttached,
  pushBuilt,
  type RegistryServer,
  startRegistryServer,
} from '../test-support/registry-server/index.ts'
import { buildVulnerabilityDatabase } from '../test-support/vulnerability-database/index.ts'
import { createContext } from './context.ts'
import { runProgram } from './program.ts'

let home: string
let registry: RegistryServer
let digest: Digest

const built = buildImage({
  platform: { os: 'linux', architecture: 'amd64' },
  layers: [
    {
      files: {
        'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
        'etc/debian_version': '12.4\n',
        'var/lib/dpkg/status':
          'Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.9-1\n',
      },
    },
    { files: { 'app/node_modules/lodash/package.json': '{"name":"lodash","version":"4.17.15"}' } },
  ],
})

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'portolan-documents-'))
  registry = await startRegistryServer()
  digest = pushBuilt(registry, 'team/api', ['1'], built)
  await buildVulnerabilityDatabase({
    advisories: [
      { bucket: 'debian 12', package: 'openssl', id: 'CVE-2024-1', fixedVersion: '3.0.11-1' },
      { bucket: 'debian 12', package: 'openssl', id: 'CVE-2024-2' },
      { bucket: 'npm::Advisories', package: 'lodash', id: 'CVE-2024-3', vulnerableVersions: ['<4.17.21'] },
    ],
  }).writeFolder(join(home, 'database'))
})
afterAll(async () => registry.close())
afterEach(() => {
  registry.faults = []
})

async function run(args: readonly string[], input = ''): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const env = { HOME: home, PORTOLAN_DATA_DIR: join(home, 'data') }
  const stdin = Readable.from([Buffer.from(input)])
  const { signal } = new AbortController()
  const code = await runProgram(args, createContext({ env, stdin, stdout, stderr, signal }))
  stdout.end()
  stderr.end()
  return { code, out: await text(stdout), err: await text(stderr) }
}

const name = (): string => `${registry.host}/team/api:1`
const scan = (...options: string[]): string[] => [
  'image',
  '--insecure',
  '--db',
  join(home, 'database'),
  ...options,
  name(),
]

interface Json {
  readonly findings: readonly { readonly vulnerability: string }[]
  readonly suppressed: readonly { readonly vulnerability: string; readonly vex: object }[]
  readonly comparisons: readonly object[]
  readonly notes: readonly string[]
}

async function json(args: readonly string[], input?: string): Promise<Json> {
  const { out, err, code } = await run(args, input)
  if (code !== 0) throw new Error(err)
  return JSON.parse(out) as Json
}

const ids = (rows: readonly { readonly vulnerability: string }[]): string[] =>
  rows.map(({ vulnerability }) => vulnerability)

function file(content: object): string {
  const path = join(mkdtempSync(join(home, 'file-')), 'document.json')
  writeFileSync(path, JSON.stringify(content))
  return path
}

const openVex = (statements: readonly object[]): object => ({
  '@context': 'https://openvex.dev/ns/v0.2.0',
  '@id': 'https://example.com/vex',
  author: 'Ann',
  timestamp: '2024-01-01T00:00:00Z',
  statements,
})

const notAffected = (id: string, product: object): object => ({
  vulnerability: { name: id },
  products: [product],
  status: 'not_affected',
  justification: 'component_not_present',
})

describe('an SBOM', () => {
  it.each(['cyclonedx', 'spdx-json'])('as %s leads to the findings of its image', async (format) => {
    // No vulnerability data is there, and none is needed.
    const { out, code } = await run(['image', '--insecure', '--format', format, name()])
    expect(code).toBe(0)
    const args = ['sbom', '--db', join(home, 'database'), '--format', 'json']
    const again = await json([...args, '-'], out)
    expect(again.findings).toEqual((await json(scan('--format', 'json'))).findings)
    expect(ids(again.findings)).toEqual(['CVE-2024-1', 'CVE-2024-2', 'CVE-2024-3'])
  })

  it('is scanned from a file, with exit code, as a table and as Trivy has it', async () => {
    const sbom = file(
      JSON.parse((await run(['image', '--insecure', '--format', 'cyclonedx', name()])).out) as object,
    )
    const args = ['sbom', '--db', join(home, 'database'), '--exit-code', '7']
    const table = await run([...args, sbom])
    expect(table.code).toBe(7)
    expect(table.out).toContain('CycloneDX 1.6')
    expect(table.out).toMatch(/CVE-2024-1 +openssl +3\.0\.9-1 +3\.0\.11-1/)
    const { out } = await run([...args, '--format', 'trivy', sbom])
    expect(JSON.parse(out)).toMatchObject({
      ArtifactType: 'cyclonedx',
      Results: [
        { Class: 'os-pkgs', Vulnerabilities: [{ VulnerabilityID: 'CVE-2024-1' }, {}] },
        { Type: 'node-pkg' },
      ],
    })
  })

  it.each([
    ['{}', 'sbom-unreadable'],
    ['<bom/>', 'sbom-unreadable'],
  ])('that is none, %j, is refused', async (input, code) => {
    const { err, code: exit } = await run(['sbom', '--db', join(home, 'database'), '-'], input)
    expect(exit).toBe(1)
    expect(err).toContain(`Code: ${code}`)
  })

  it.each(['trivy', 'sarif'])('that is not read whole is noted beside %s', async (format) => {
    const components = [{ type: 'library', name: 'a', purl: 'pkg:x-unknown/a@1' }]
    const sbom = JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.5', components })
    const args = ['sbom', '--db', join(home, 'database'), '--format', format, '-']
    const { err, out, code } = await run(args, sbom)
    expect(code).toBe(0)
    expect(JSON.parse(out)).toBeDefined()
    expect(err).toContain('Note: 1 package of the type "x-unknown"')
  })

  it('without versions in its purls is read by the versions beside them, or says what cannot be told', async () => {
    const library = { type: 'library', name: 'openssl', purl: 'pkg:deb/debian/openssl?distro=debian-12' }
    const document = (more: object): string =>
      JSON.stringify({ bomFormat: 'CycloneDX', components: [{ ...library, ...more }] })
    const args = ['sbom', '--db', join(home, 'database'), '--format', 'json', '-']
    const stated = await json(args, document({ version: '3.0.9-1' }))
    expect([ids(stated.findings), stated.notes]).toEqual([['CVE-2024-1', 'CVE-2024-2'], []])
    const none = await json(args, document({}))
    expect(none.notes).toEqual(['1 package has no version: what is wrong with it cannot be told.'])
  })

  it('that is not there is said', async () => {
    expect((await run(['sbom', '--offline', join(home, 'absent.json')])).err).toContain(
      'Code: document-unreadable',
    )
  })
})

describe('VEX of a file', () => {
  it('names a package by the purl that the SBOM has for it', async () => {
    // An epoch in the version: the package that is made of it has it in a qualifier.
    const purl = 'pkg:deb/debian/OpenSSL@0%3A3.0.9-1?distro=debian-12'
    const components = [
      { type: 'operating-system', name: 'debian', version: '12.4' },
      { type: 'library', name: 'openssl', version: '0:3.0.9-1', purl, 'bom-ref': purl },
    ]
    const sbom = file({ bomFormat: 'CycloneDX', specVersion: '1.5', components })
    const scanned = ['sbom', '--db', join(home, 'database'), '--format', 'json']
    expect(ids((await json([...scanned, sbom])).findings)).toContain('CVE-2024-1')
    const vex = file(openVex([notAffected('CVE-2024-1', { '@id': purl })]))
    expect(ids((await json([...scanned, '--vex', vex, sbom])).suppressed)).toEqual(['CVE-2024-1'])
  })

  it('takes off the list what does not matter, and says so', async () => {
    const purl = `pkg:oci/api@${digest}?repository_url=${registry.host}/team/api`
    const vex = file(
      openVex([
        notAffected('CVE-2024-1', { '@id': purl, subcomponents: [{ '@id': 'pkg:deb/debian/openssl' }] }),
        notAffected('CVE-2024-2', { '@id': purl, subcomponents: [{ '@id': 'pkg:deb/debian/bash' }] }),
        notAffected('CVE-2024-3', { '@id': 'pkg:npm/lodash@4.17.15' }),
      ]),
    )
    const found = await json(scan('--format', 'json', '--vex', vex))
    expect(ids(found.findings)).toEqual(['CVE-2024-2'])
    expect(ids(found.suppressed)).toEqual(['CVE-2024-1', 'CVE-2024-3'])
    expect(found.suppressed[0]?.vex).toEqual({
      status: 'not_affected',
      justification: 'component_not_present',
      impact: '',
      author: 'Ann',
      source: vex,
    })
    const table = await run(scan('--vex', vex, '--show-suppressed'))
    expect(table.out).toMatch(/CVE-2024-1 +openssl +not affected/)
  })

  it('decides the exit code', async () => {
    const all = openVex(
      ['CVE-2024-1', 'CVE-2024-2'].map((id) => notAffected(id, { '@id': 'pkg:deb/debian/openssl' })),
    )
    const rest = openVex([notAffected('CVE-2024-3', { '@id': 'pkg:npm/lodash' })])
    expect((await run(scan('--exit-code', '9', '--vex', file(all)))).code).toBe(9)
    expect((await run(scan('--exit-code', '9', '--vex', file(all), '--vex', file(rest)))).code).toBe(0)
  })

  it('that is none is refused, by its name', async () => {
    const path = file({})
    const { code, err } = await run(scan('--vex', path))
    expect(code).toBe(1)
    expect(err).toContain(path)
    expect(err).toContain('Code: vex-unreadable')
  })
})

function attach(
  tags: readonly string[],
  mediaType: string,
  content: object,
  annotations: object = {},
): Digest {
  return pushAttached(registry, { repository: 'team/api', tags, mediaType, content, annotations })
}

const envelope = (predicateType: string, predicate: object, subject = digest): object =>
  envelopeOf(predicateType, predicate, subject)

const index = (manifests: readonly object[]): Uint8Array =>
  Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests }),
  )
const descriptor = (of: Digest, size = 1): object => ({
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  digest: of,
  size,
})

describe('what is attached to the image', () => {
  const dsse = 'application/vnd.dsse.envelope.v1+json'
  const openvex = 'https://openvex.dev/ns/v0.2.0'
  const one = (): object => openVex([notAffected('CVE-2024-3', { '@id': 'pkg:npm/lodash' })])

  it('is not asked for unless it is wanted', async () => {
    await run(scan())
    expect(registry.requests.all.filter(({ path }) => /referrers|sha256-/.test(path))).toEqual([])
  })

  it('is honoured from cosign’s tag', async () => {
    attach([`sha256-${digest.slice(7)}.att`], dsse, envelope(openvex, one()), { predicateType: openvex })
    const found = await json(scan('--format', 'json', '--vex', 'oci'))
    expect(ids(found.suppressed)).toEqual(['CVE-2024-3'])
    registry.deleteTag('team/api', `sha256-${digest.slice(7)}.att`)
    expect(ids((await json(scan('--format', 'json', '--vex', 'oci'))).suppressed)).toEqual([])
  })

  it('is honoured from the list of what refers to the image; a statement on another image is not', async () => {
    const other = `sha256:${'1'.repeat(64)}` as Digest
    const listed = [envelope(openvex, one()), envelope(openvex, one(), other)].map((each) =>
      attach([], dsse, each),
    )
    for (const [wanted, each] of [
      [['CVE-2024-3'], listed[0]],
      [[], listed[1]],
    ] as const) {
      registry.faults = [
        (request, plain) =>
          request.path === `/v2/team/api/referrers/${digest}` && each !== undefined
            ? {
                ...plain,
                status: 200,
                headers: { 'content-type': 'application/vnd.oci.image.index.v1+json' },
                body: index([descriptor(each)]),
              }
            : plain,
      ]
      const { out, err } = await run(scan('--format', 'json', '--vex', 'oci'))
      expect(ids((JSON.parse(out) as Json).suppressed)).toEqual(wanted)
      expect(err.includes('is about another image')).toBe(wanted.length === 0)
    }
  })

  it('may be an SBOM that is larger than VEX may be; one that is left out is not said to be none', async () => {
    const tag = `sha256-${digest.slice(7)}.sbom`
    const components = [{ type: 'library', name: 'lodash', purl: 'pkg:npm/lodash@4.17.15' }]
    const bom = { bomFormat: 'CycloneDX', specVersion: '1.5', components }
    const compare = scan('--compare-sbom', 'oci', '--vex', 'oci')
    attach([tag], 'application/vnd.cyclonedx+json', { ...bom, padding: 'x'.repeat(17 * 1024 ** 2) })
    const large = await run(compare)
    expect(large.out).toContain('SBOM oci: 1 package agrees')
    expect(large.err).not.toMatch(/left out|No SBOM/)
    attach([tag], 'application/vnd.cyclonedx+json', { nothing: 'of the kind' })
    const unread = await run(compare)
    expect(unread.err).toContain(
      'is attached and was left out: The document is neither CycloneDX nor SPDX 2.',
    )
    expect(unread.err).not.toContain('No SBOM is attached')
    expect(unread.err).toContain('No VEX document is attached')
    registry.deleteTag('team/api', tag)
    expect((await run(compare)).err).toContain('No SBOM is attached')
  })

  it('is compared: an SBOM that BuildKit put beside the image', async () => {
    const sbom = {
      spdxVersion: 'SPDX-2.3',
      packages: ['pkg:npm/lodash@4.17.15', 'pkg:npm/express@1.0.0'].map((referenceLocator, number) => ({
        SPDXID: `SPDXRef-${number}`,
        externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator }],
      })),
    }
    const statement = {
      _type: 'https://in-toto.io/Statement/v0.1',
      predicateType: 'https://spdx.dev/Document',
      subject: [{ name: 'api', digest: { sha256: digest.slice(7) } }],
      predicate: sbom,
    }
    const attestation = attach([], 'application/vnd.in-toto+json', statement, {
      'in-toto.io/predicate-type': 'https://spdx.dev/Document',
    })
    const annotations = {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': digest,
    }
    const bytes = index([
      {
        ...descriptor(digest, built.manifest.bytes.length),
        platform: { os: 'linux', architecture: 'amd64' },
      },
      { ...descriptor(attestation), platform: { os: 'unknown', architecture: 'unknown' }, annotations },
    ])
    const mediaType = 'application/vnd.oci.image.index.v1+json'
    registry.put({ repository: 'team/api', tags: ['2'], manifest: { bytes, mediaType } })
    const args = scan('--compare-sbom', 'oci').slice(0, -1)
    const { out } = await run([...args, `${registry.host}/team/api:2`])
    expect(out).toContain(
      'SBOM oci: 1 package agrees; it names 1 that were not found; it misses 1 that were found.',
    )
    expect(out).toContain('only in the SBOM: pkg:npm/express@1.0.0')
    expect(out).toContain('not in the SBOM: pkg:deb/debian/openssl@3.0.9-1')
  })
})
