import { describe, expect, it } from 'vitest'
import type { OperatingSystem } from '../inventory/index.ts'
import { FileTree } from './file-tree.ts'
import type { LayerResults } from './layer-results.ts'
import { mergeLayers } from './merge.ts'
import { layerBuildInfo } from './merge-build-info.ts'
import { mergeOs, NO_OS } from './merge-os.ts'
import type { BuildInfo, LayerFact, OsFact, PackageFact, PackagesFact } from './ports.ts'

interface Layer {
  readonly opaque?: readonly string[]
  readonly removed?: readonly string[]
  readonly facts?: readonly LayerFact[]
}

function layer({ opaque = [], removed = [], facts = [] }: Layer): LayerResults {
  return {
    shape: {
      whiteouts: [
        ...removed.map((path) => ({ kind: 'removed' as const, path })),
        ...opaque.map((path) => ({ kind: 'opaque' as const, path })),
      ],
      features: null,
    },
    byAnalyzer: new Map([['all', { facts, notes: [] }]]),
  }
}

/** `name version release`, several separated by commas. */
function packages(scope: 'os' | 'language', ecosystem: string, path: string, list: string): PackagesFact {
  const facts = list.split(', ').map((text): PackageFact => {
    const [name = '', version = '', release] = text.split(' ')
    return { name, version, ...(release === undefined ? {} : { release }) }
  })
  return { kind: 'packages', scope, ecosystem, path, packages: facts }
}

const dpkg = (list: string, path = 'var/lib/dpkg/status'): PackagesFact => packages('os', 'dpkg', path, list)
const apk = (list: string): PackagesFact => packages('os', 'apk', 'lib/apk/db/installed', list)
const npm = (path: string, list: string): PackagesFact => packages('language', 'npm', path, list)
const os = (path: string, family: string, release: string, extended = false): OsFact => {
  return { kind: 'os', path, family, release, extended }
}

const shown = (layers: readonly Layer[]): string[] =>
  mergeLayers(layers.map(layer)).packages.map(({ fact, file, layer: at }) => {
    return `${file.ecosystem} ${fact.name} ${fact.version} ${at}`
  })

describe('packages', () => {
  it('are those of the last database; each belongs to the layer where it was first seen', () => {
    const layers = [
      { facts: [dpkg('bash 5 1, zlib 1 1')] },
      { facts: [dpkg('bash 5 2, zlib 1 1, curl 8 1')] },
      { facts: [dpkg('bash 5 1, curl 8 1')] },
    ]
    expect(shown(layers)).toEqual(['dpkg bash 5 0', 'dpkg curl 8 1'])
  })

  it('of an earlier database in another place count for the attribution', () => {
    const layers = [
      { facts: [dpkg('base 12 1', 'var/lib/dpkg/status.d/base')] },
      { removed: ['var/lib/dpkg/status.d'], facts: [dpkg('base 12 1, new 1 1')] },
    ]
    expect(shown(layers)).toEqual(['dpkg base 12 0', 'dpkg new 1 1'])
  })

  it('go with their file: whiteouts of the file, of a folder, opaque folders', () => {
    const first = {
      facts: [dpkg('bash 5'), npm('app/a/package.json', 'left 1'), npm('app/b/package.json', 'up 1')],
    }
    expect(shown([first, { removed: ['var/lib/dpkg/status'] }])).toEqual(['npm left 1 0', 'npm up 1 0'])
    expect(shown([first, { removed: ['var/lib'] }])).toEqual(['npm left 1 0', 'npm up 1 0'])
    expect(shown([first, { opaque: ['app'] }])).toEqual(['dpkg bash 5 0'])
    expect(shown([first, { removed: ['app/a'] }])).toEqual(['npm up 1 0', 'dpkg bash 5 0'])
    expect(
      shown([first, { removed: ['ap', 'app/a/package', 'app/c', 'var/lib/dpkg/status/x'] }]),
    ).toHaveLength(3)
  })

  it('of the layer that hides lower ones stay', () => {
    const first = { facts: [npm('app/a/package.json', 'left 1')] }
    const second = { opaque: ['app'], removed: ['app/a'], facts: [npm('app/a/package.json', 'left 2')] }
    expect(shown([first, second])).toEqual(['npm left 2 1'])
  })

  it('are not hidden by an opaque root, as in Trivy', () => {
    expect(shown([{ facts: [dpkg('bash 5')] }, { opaque: [''], removed: ['.'] }])).toEqual(['dpkg bash 5 0'])
  })

  it('of a language belong to the first layer whose file of that path had them', () => {
    const layers = [
      { facts: [npm('a/package.json', 'left 1'), npm('b/package.json', 'up 1')] },
      { removed: ['a'] },
      {
        facts: [
          npm('a/package.json', 'left 1'),
          npm('b/package.json', 'up 2'),
          npm('c/package.json', 'left 1'),
        ],
      },
    ]
    expect(shown(layers)).toEqual(['npm left 1 0', 'npm up 2 2', 'npm left 1 2'])
  })

  it('of several databases and kinds lie side by side', () => {
    const layers = [
      { facts: [dpkg('bash 5'), apk('musl 1')] },
      { facts: [npm('lib/apk/db/installed', 'odd 1'), npm('lib/apk/db/installed/below', 'odd 2')] },
    ]
    expect(shown(layers)).toEqual(['npm odd 1 1', 'apk musl 1 0', 'npm odd 2 1', 'dpkg bash 5 0'])
  })
})

describe('the context', () => {
  const contextOf = (...facts: readonly (readonly LayerFact[])[]): unknown =>
    mergeLayers(facts.map((list) => layer({ facts: list }))).context

  it('is empty when nothing tells', () => {
    expect(contextOf([dpkg('bash 5')])).toEqual({ os: null, repository: null, buildInfo: null })
    expect(contextOf([os('etc/x', '', '', true)])).toEqual({ os: null, repository: null, buildInfo: null })
  })

  it('has the last repository', () => {
    const repository = (release: string): LayerFact => ({ kind: 'repository', family: 'alpine', release })
    expect(contextOf([repository('3.17')], [repository('edge')], [])).toMatchObject({
      repository: { family: 'alpine', release: 'edge' },
    })
  })

  it('tells Ubuntu from Debian in whatever order the files came', () => {
    const debian = os('etc/debian_version', 'debian', 'bookworm/sid')
    const ubuntu = os('etc/lsb-release', 'ubuntu', '22.04')
    const wanted = { os: { family: 'ubuntu', release: '22.04', extended: false } }
    expect(contextOf([debian, ubuntu])).toMatchObject(wanted)
    expect(contextOf([ubuntu, debian])).toMatchObject(wanted)
    expect(contextOf([ubuntu], [debian])).toMatchObject(wanted)
    expect(contextOf([debian], [ubuntu])).toMatchObject(wanted)
  })
})

describe('the operating system', () => {
  const merged = (...facts: readonly OsFact[]): OperatingSystem => facts.reduce(mergeOs, NO_OS)

  it('is what was named first', () => {
    expect(merged(os('a', 'alpine', '3.17'), os('b', 'alpine', '3.18'), os('c', 'debian', '12'))).toEqual({
      family: 'alpine',
      release: '3.17',
      extended: false,
    })
    expect(merged(os('a', 'ubuntu', ''), os('b', 'ubuntu', '22.04'))).toMatchObject({ release: '22.04' })
  })

  it('changes after Debian and Red Hat, their own upgrades included', () => {
    expect(merged(os('a', 'debian', '11'), os('b', 'debian', '12'))).toMatchObject({ release: '12' })
    expect(merged(os('a', 'redhat', '8'), os('b', 'oracle', '8.5'), os('c', 'redhat', '8'))).toMatchObject({
      family: 'oracle',
      release: '8.5',
    })
  })

  it('keeps extended support, unless all is replaced', () => {
    const pro = os('a', 'ubuntu', '', true)
    expect(merged(os('b', 'ubuntu', '18.04'), pro, os('c', 'ubuntu', '20.04'))).toEqual({
      family: 'ubuntu',
      release: '18.04',
      extended: true,
    })
    expect(merged(os('a', 'debian', '9', true), os('b', 'debian', '10'))).toMatchObject({ extended: false })
    expect(merged(os('a', 'debian', '9'), os('b', '', '', false), os('c', '', 'x'))).toMatchObject({
      release: '9',
    })
  })
})

describe('who rebuilt the packages', () => {
  const supplied: OsFact = { kind: 'os', path: 'curated.json', family: '', release: '', supplier: 'first' }
  const redHat: OsFact = { kind: 'os', path: 'a', family: 'redhat', release: '9.2' }

  it('says nothing of the system, and outlives what replaces it', () => {
    const known = { family: 'redhat', release: '9.2', extended: false, supplier: 'first' }
    expect([supplied, redHat].reduce(mergeOs, NO_OS)).toEqual(known)
    expect([redHat, supplied].reduce(mergeOs, NO_OS)).toEqual(known)
    const oracle = { ...redHat, family: 'oracle', release: '9.3' }
    const later = { ...supplied, supplier: 'second' }
    expect([redHat, supplied, oracle, later].reduce(mergeOs, NO_OS)).toEqual({
      ...known,
      family: 'oracle',
      release: '9.3',
    })
  })
})

describe('a tree of files', () => {
  it('gives what it has in the order of paths', () => {
    const tree = new FileTree<string>()
    for (const path of ['b/c', 'a', 'b', 'a/z', 'a/b']) tree.set(path, 'k', path)
    tree.set('a', 'j', 'a as j')
    tree.set('b', 'k', 'b again')
    expect(tree.values()).toEqual(['a as j', 'a', 'a/b', 'a/z', 'b again', 'b/c'])
    tree.delete('a')
    tree.delete('b/c/d')
    tree.delete('x/y')
    tree.delete('')
    expect(tree.values()).toEqual(['b again', 'b/c'])
  })
})

it('a folder may have more files than a call has room for arguments', () => {
  const tree = new FileTree<number>()
  for (let file = 0; file < 300_000; file += 1) tree.set(`folder/${file}`, 'k', file)
  expect(tree.values()).toHaveLength(300_000)
})

describe('the build that a package comes from', () => {
  const build = (path: string, more: Partial<BuildInfo>): LayerFact => ({ kind: 'build-info', path, ...more })
  const manifest = (...contentSets: string[]): LayerFact =>
    build('root/buildinfo/content_manifests/a.json', { contentSets })
  const buildsOf = (...facts: readonly (readonly LayerFact[])[]): unknown =>
    mergeLayers(facts.map((list) => layer({ facts: list }))).packages.map(({ fact, context }) => [
      fact.name,
      context.buildInfo?.contentSets?.join() ?? null,
    ])

  it('is that of its layer: two content sets in one image', () => {
    expect(
      buildsOf([dpkg('a 1'), manifest('base')], [dpkg('a 1, b 1'), manifest('app')], [dpkg('a 1, b 1, c 1')]),
    ).toEqual([
      ['a', 'base'],
      ['b', 'app'],
      ['c', 'app'],
    ])
  })

  it('is the second layer’s for the base, but never one above for others', () => {
    expect(buildsOf([dpkg('a 1')], [manifest('second')])).toEqual([['a', 'second']])
    expect(buildsOf([dpkg('a 1')], [], [manifest('third')])).toEqual([['a', null]])
    expect(buildsOf([], [dpkg('b 1')], [manifest('third')])).toEqual([['b', null]])
    expect(buildsOf([manifest('base')], [], [dpkg('c 1')])).toEqual([['c', 'base']])
  })

  it('is made of all files of the layer, the later ones over the earlier', () => {
    const stated = [
      manifest('old'),
      build('root/buildinfo/Dockerfile-a-1-1', { nvr: 'a-1-1', arch: 'x86_64' }),
      build('root/buildinfo/content_manifests/b.json', { contentSets: ['new'] }),
      build('root/buildinfo/content_manifests/c.json', { contentSets: [] }),
    ]
    for (const facts of [stated, stated.toReversed()]) {
      expect(layerBuildInfo(facts)).toEqual({ contentSets: ['new'], nvr: 'a-1-1', arch: 'x86_64' })
    }
    expect(layerBuildInfo([dpkg('a 1')])).toBeNull()
  })
})
