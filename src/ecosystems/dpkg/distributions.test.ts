import { describe, expect, it } from 'vitest'
import type { Advisory } from '../../advisories/index.ts'
import type { PackageFact } from '../../indexing/index.ts'
import { dpkg } from './index.ts'
import { readStatus } from './status-analyzer.ts'
import { isThirdParty } from './third-party.ts'

const bash: PackageFact = {
  name: 'bash',
  version: '5.2',
  release: '2',
  sourceName: 'bash',
  sourceVersion: '5.2',
  sourceRelease: '1',
}

interface Image {
  readonly family: string
  readonly release: string
  readonly extended?: boolean
  readonly supplier?: string
}

function of(
  { family, release, extended = false, supplier }: Image,
  fact = bash,
  packages: readonly PackageFact[] = [],
) {
  const os = { family, release, extended, ...(supplier === undefined ? {} : { supplier }) }
  const own = dpkg.distributions.find((each) => each.family === family)
  const chosen = own?.inPlace?.(packages, os) ?? own
  return { chosen, os, ...chosen?.subject(fact, { os, repository: null, buildInfo: null }) }
}

describe('packages that others built', () => {
  it.each([
    ['Docker <support@docker.com>', true],
    ['cudatools <cudatools@nvidia.com>', true],
    ['GitHub', true],
    ['HashiCorp', true],
    ['HashiCorp <a@example.com>', false],
    ['Debian Bash Maintainers <bash@packages.debian.org>', false],
  ])('are told by their maintainer: %s %s', (maintainer, wanted) => {
    expect(isThirdParty(maintainer)).toBe(wanted)
    const text = `Package: a\nVersion: 1\nMaintainer: ${maintainer}\n`
    expect(readStatus(text).packages[0]?.thirdParty ?? false).toBe(wanted)
  })

  it('are not looked up, but with Echo and RapidFort', () => {
    const docker = { ...bash, thirdParty: true }
    expect(of({ family: 'debian', release: '12.4' }, docker)).toMatchObject({
      subject: null,
      skipReason: 'third-party',
    })
    expect(of({ family: 'ubuntu', release: '22.04' }, docker)).toMatchObject({
      subject: null,
      skipReason: 'third-party',
    })
    expect(of({ family: 'echo', release: '1' }, docker).subject).toMatchObject({
      space: 'echo',
      version: '5.2-1',
    })
    expect(of({ family: 'ubuntu', release: '22.04', supplier: 'rapidfort' }, docker).subject).toMatchObject({
      space: 'rapidfort ubuntu 22.04',
    })
  })
})

describe('suppliers', () => {
  it('take the place of Debian and Ubuntu', () => {
    const rootIo = [{ name: 'a', version: '1', release: '1.root.io.1' }]
    expect(of({ family: 'debian', release: '12.4' }, bash, rootIo).subject?.space).toBe(
      'debian 12\nroot.io debian 12',
    )
    expect(of({ family: 'ubuntu', release: '22.04', extended: true }, bash, rootIo).subject?.space).toBe(
      'ubuntu 22.04\nroot.io ubuntu 22.04',
    )
    const seal = { ...bash, name: 'seal-bash' }
    expect(of({ family: 'ubuntu', release: '22.04' }, seal, [seal]).subject?.space).toBe('seal debian')
    const rebuilt = { ...bash, sourceRelease: '1rfubu' }
    expect(of({ family: 'ubuntu', release: '22.04', supplier: 'rapidfort' }, rebuilt).subject?.space).toBe(
      'rapidfort ubuntu',
    )
    expect(of({ family: 'debian', release: '12', supplier: 'rapidfort' }).subject?.space).toBe('debian 12')
  })

  it('are told by a file that says who made the image', () => {
    const analyzer = dpkg.analyzers.find(({ id }) => id === 'dpkg-supplier')
    const path = 'usr/share/rapidfort/curated.json'
    expect(analyzer?.wants({ path, size: 0, mode: 0 })).toBe(true)
    expect(analyzer?.wants({ path: `app/${path}`, size: 0, mode: 0 })).toBe(false)
    expect(analyzer?.read(path, Buffer.from('not read'))).toMatchObject([
      { family: '', supplier: 'rapidfort' },
    ])
  })
})

describe('whose word a severity is', () => {
  it.each([
    ['debian 12', 'debian'],
    ['echo', 'echo'],
    ['ubuntu 22.04', null],
    ['debian 12\nroot.io debian 12', 'rootio'],
  ])('%j: %s', (space, wanted) => {
    const subject = {
      space,
      lookupKey: 'a',
      comparer: 'dpkg',
      version: '1',
      arch: null,
      cpeContext: null,
      flavour: null,
    }
    const advisory = { bucket: 'root.io debian 12', dataSource: { id: 'rootio' } } as unknown as Advisory
    expect(dpkg.packageSeveritySource?.(subject, advisory)).toBe(wanted)
  })
})

describe('end of support', () => {
  it.each([
    [{ family: 'debian', release: '10.13' }, '2024-06-30T23:59:59Z'],
    [{ family: 'debian', release: 'trixie/sid' }, undefined],
    [{ family: 'ubuntu', release: '18.04' }, '2023-05-31T23:59:59Z'],
    [{ family: 'ubuntu', release: '18.04', extended: true }, '2028-03-31T23:59:59Z'],
    [{ family: 'ubuntu', release: '22.04', extended: true }, undefined],
    [{ family: 'ubuntu', release: '4.10' }, '2006-04-30T23:59:59Z'],
    [{ family: 'echo', release: '1' }, undefined],
  ])('of %j: %s', (image, wanted) => {
    const { chosen, os } = of(image)
    expect(chosen?.endOfLife?.(os)).toBe(wanted)
  })
})
