import { describe, expect, it } from 'vitest'
import { OwnedFiles } from './owned-files.ts'
import type { PackagesFact } from './ports.ts'

const status: PackagesFact = {
  kind: 'packages',
  scope: 'os',
  ecosystem: 'dpkg',
  path: 'var/lib/dpkg/status',
  packages: [
    { name: 'own', version: '1', arch: 'amd64' },
    { name: 'other', version: '1', arch: 'amd64', thirdParty: true },
  ],
}

describe('files that OS packages own', () => {
  it('are those of all but third parties, under both of their names', () => {
    const owned = new OwnedFiles()
    owned.add({ kind: 'owned-files', files: ['/a', 'b'] })
    owned.add({ kind: 'owned-files', owner: 'own', files: ['/c', 'both'] })
    owned.add({ kind: 'owned-files', owner: 'own', files: ['d'] })
    owned.add({ kind: 'owned-files', owner: 'other', files: ['e', 'both'] })
    owned.add({ kind: 'owned-files', owner: 'other:amd64', files: ['f'] })
    owned.add({ kind: 'owned-files', owner: 'other:arm64', files: ['g'] })
    expect([...owned.paths([status])].sort()).toEqual(['a', 'b', 'both', 'c', 'd', 'g'])
  })

  it('do not depend on packages that another layer has', () => {
    const owned = new OwnedFiles()
    owned.add({ kind: 'owned-files', owner: 'other', files: ['e'] })
    expect([...owned.paths([{ ...status, scope: 'language' }])]).toEqual(['e'])
  })
})
