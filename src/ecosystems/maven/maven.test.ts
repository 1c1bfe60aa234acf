import { describe, expect, it } from 'vitest'
import { digestFromHex } from '../../core/index.ts'
import type { NameDatabase, UnnamedPackage } from '../../indexing/index.ts'
import { javaArchive, manifestText, sha1Of } from '../../test-support/java-archive.ts'
import { readFileName } from './file-name.ts'
import { maven } from './index.ts'
import { readManifest } from './manifest.ts'
import { naming } from './naming.ts'
import { readPomProperties } from './pom-properties.ts'
import { readArchive } from './read-archive.ts'

const claim = {
  'Implementation-Vendor-Id': 'org.acme',
  'Implementation-Title': 'lib',
  'Implementation-Version': '1.0',
}

describe('the name of a file', () => {
  it.each([
    ['spring-core-5.3.4-SNAPSHOT.jar', 'spring-core', '5.3.4-SNAPSHOT'],
    ['a-1.jar', 'a', '1'],
    ['a-1-2.jar', 'a-1', '2'],
    ['a-b-1.0-rc-1.jar', 'a-b-1.0-rc', '1'],
    ['é-1.jar', 'é', '1'],
    ['aé-1.jar', 'aé', '1'],
    ['a.b_c-1xjar', 'a.b_c', '1'],
    ['a-1\u{1f600}jar', 'a', '1'],
  ])('%s tells artifact and version', (name, artifact, version) => {
    expect(readFileName(name)).toEqual({ artifact, version })
  })

  it.each([
    'a.jar',
    'a-b.jar',
    '-1.jar',
    'a--1.jar',
    'a*-1.jar',
    'éa-1.jar',
    'a-1.war',
    'a-1 2.jar',
    'a-1\njar',
    'jar',
    '',
    `${'a-1'.repeat(400)}.jar`,
  ])('%j tells nothing', (name) => {
    expect(readFileName(name)).toBeUndefined()
  })

  /** The expression that Trivy uses, as far as JavaScript reads it as Go does. */
  const theirs = /^([a-zA-Z0-9._-]*[^-*])-(\d[^\t\n\f\r ]*(?:-SNAPSHOT)?)[^\n]jar$/u

  it('is what Trivy’s expression makes of it', () => {
    const parts = ['a', '-', '1', '.', '-1', 'é', ' ', '*', 'jar', '.jar', '\n', '-SNAPSHOT']
    let state = 7
    for (let round = 0; round < 20_000; round += 1) {
      let name = ''
      for (let index = 0; index < 1 + (round % 8); index += 1) {
        state = (state * 48_271) % 2_147_483_647
        name += parts[state % parts.length]
      }
      if (round % 2 === 0) name += '.jar'
      const [, artifact, version] = theirs.exec(name) ?? []
      expect(readFileName(name), JSON.stringify(name)).toEqual(
        artifact === undefined || version === undefined ? undefined : { artifact, version },
      )
    }
  })
})

describe('a manifest', () => {
  const claimed = (text: string): unknown => readManifest(Buffer.from(text))

  it('claims group, artifact and version by the first attribute of each that is there', () => {
    expect(claimed(manifestText(claim))).toEqual({ group: 'org.acme', artifact: 'lib', version: '1.0' })
    expect(
      claimed(
        manifestText({
          'Implementation-Vendor': 'Acme Inc.',
          'Bundle-SymbolicName': 'org.acme.bundle',
          'Specification-Title': 'spec',
          'Bundle-Name': 'bundle',
          'Bundle-Version': '3',
          'Specification-Version': '2',
        }),
      ),
    ).toEqual({ group: 'org.acme', artifact: 'spec', version: '2' })
  })

  it.each([
    ['a part is missing', manifestText({ ...claim, 'Implementation-Title': '' })],
    ['a part is a variable', manifestText({ ...claim, 'Implementation-Title': '%name' })],
    ['there is no space behind the colon', manifestText(claim).replace(': lib', ':lib')],
    [
      'the section is another',
      `Manifest-Version: 1.0\n${manifestText(claim).replace('Manifest', '\nManifest')}`,
    ],
    ['it is empty', ''],
  ])('claims nothing when %s', (_, text) => {
    expect(claimed(text)).toBeUndefined()
  })

  it('has lines that end in any of three ways, and fold', () => {
    for (const end of ['\n', '\r', '\r\n']) {
      const text = manifestText({ ...claim, 'Implementation-Title': `li${end} b` }).replaceAll('\r\n', end)
      expect(claimed(text), JSON.stringify(end)).toMatchObject({ artifact: 'lib' })
    }
  })

  it('fails for a line that fails Trivy’s scanner', () => {
    expect(() => claimed(`A: ${'x'.repeat(70_000)}\n`)).toThrow('too long')
  })
})

describe('pom.properties', () => {
  it('is lines of key=value, the last counts', () => {
    const text = '#c\r\n groupId=g\nartifactId=x\nartifactId=a b \nversion=1=2\ntoString=1\nversion: 3\n'
    expect(readPomProperties(Buffer.from(text))).toEqual({ group: 'g', artifact: 'a b', version: '1=2' })
    expect(readPomProperties(Buffer.from('groupId=g\nartifactId=a\n'))).toBeUndefined()
  })
})

describe('an archive', () => {
  it('gives what its texts name, and what is still to be named, at their places', () => {
    const inner = javaArchive({ manifest: claim })
    const outer = javaArchive({
      poms: ['org.acme:app:5.0', 'org.acme:shaded:1.0'],
      nested: { 'WEB-INF/lib/inner-2.0.jar': inner },
    })
    const { packages, unnamed, damages } = readArchive('srv/app-5.0.jar', outer)
    expect(packages).toEqual([
      { name: 'org.acme:app', version: '5.0' },
      { name: 'org.acme:shaded', version: '1.0' },
    ])
    expect(unnamed).toEqual([
      {
        path: 'srv/app-5.0.jar/WEB-INF/lib/inner-2.0.jar',
        sha1: sha1Of(inner),
        claimed: { group: 'org.acme', artifact: 'lib', version: '1.0' },
        guessed: { artifact: 'inner', version: '2.0' },
      },
    ])
    expect(damages).toEqual([])
  })

  it('loses what is nested in it and broken, and says so', () => {
    const broken = javaArchive({
      poms: ['org.acme:lost:1.0'],
      files: [{ name: 'META-INF/MANIFEST.MF', content: 'A: b\n', said: { crc32: 7 } }],
    })
    const { packages, unnamed, damages } = readArchive(
      'a-1.jar',
      javaArchive({ poms: ['g:a:1'], nested: { 'b.jar': broken } }),
    )
    expect([packages.length, unnamed.length]).toEqual([1, 0])
    expect(damages).toEqual(['in b.jar: one of its files is damaged'])
  })

  it('is wanted by its name, in any case, and concerns layers that have such', () => {
    const [analyzer] = maven.analyzers
    const wants = (path: string, size = 1): boolean | undefined =>
      analyzer?.wants({ path, size, mode: 0o644 })
    expect(['a.jar', 'x/a.WAR', 'a.ear', 'a.par'].map((path) => wants(path))).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect(['a.zip', 'a.jar.txt', 'proc/a.jar'].map((path) => wants(path))).toEqual([false, false, false])
    expect(wants('a.jar', 0)).toBe(false)
    const features = { extensions: ['txt', 'war'], names: [], elf: false, executables: false }
    expect(analyzer?.concerns?.(features)).toBe(true)
    expect(analyzer?.concerns?.({ ...features, extensions: ['txt'] })).toBe(false)
  })
})

describe('naming', () => {
  const unnamed: UnnamedPackage = {
    sha1: '1'.repeat(40),
    claimed: { group: 'g', artifact: 'claimed', version: '1' },
    guessed: { artifact: 'guessed', version: '2' },
  }
  const names = (known: { exists?: boolean; sha1?: boolean; group?: string }): NameDatabase => ({
    digest: digestFromHex('0'.repeat(64)),
    exists: () => known.exists ?? false,
    bySha1: () => (known.sha1 === true ? { group: 'g', artifact: 'published', version: '3' } : undefined),
    groupOf: () => known.group,
  })

  it('asks the claim, then the bytes, then the name of the file', () => {
    const named = (database: NameDatabase | null): string =>
      [naming.name(unnamed, database)].map((found) => `${found?.package.name} ${found?.certain}`).join()
    expect(named(names({ exists: true, sha1: true, group: 'h' }))).toBe('g:claimed true')
    expect(named(names({ sha1: true, group: 'h' }))).toBe('g:published true')
    expect(named(names({ group: 'h' }))).toBe('h:guessed false')
    expect(named(names({}))).toBe('undefined undefined')
    expect(named(null)).toBe('undefined undefined')
  })

  it('takes equal versions at one place for one, without end', () => {
    const fact = (version: string, path?: string) => ({
      name: 'g:a',
      version,
      ...(path === undefined ? {} : { path }),
    })
    const all = [fact('2.0'), fact('2.0.0'), fact('2.1'), fact('2.0', 'b.jar'), fact('2-0')]
    expect(naming.unique(all)).toEqual([fact('2.0'), fact('2.1'), fact('2.0', 'b.jar')])
    const many = Array.from({ length: 50_000 }, (_, index) => fact(`1.${index}`))
    expect(naming.unique([...many, ...many])).toHaveLength(50_000)
    const long = Array.from({ length: 10_000 }, (_, index) => ({
      name: `g:a${index % 100}`,
      version: `${'1.'.repeat(495)}${index}`,
    }))
    expect(naming.unique(long)).toHaveLength(10_000)
  })

  it('says how many archives have none', () => {
    expect(naming.missing(1)).toMatch(/^A Java archive has no name of its own .*"portolan db update"\.$/)
    expect(naming.missing(2)).toMatch(/^2 Java archives have no name of their own /)
  })
})

describe('a Java package', () => {
  it.each([
    ['org.acme:lib', '1.0', 'pkg:maven/org.acme/lib@1.0'],
    ['a:b:c', '1', 'pkg:maven/a/b/c@1'],
    ['lib', '1 0', 'pkg:maven/lib@1%200'],
  ])('%s %s is shown with a purl', (name, version, purl) => {
    expect(maven.describe({ name, version }, { os: null, repository: null, buildInfo: null }).purl).toBe(purl)
  })

  it('is looked up in lower case, in all buckets of Maven', () => {
    expect(maven.subject?.({ name: 'com.Acme:Lib', version: '1' })).toMatchObject({
      subject: { space: 'maven::', lookupKey: 'com.acme:lib', comparer: 'maven' },
    })
  })
})
