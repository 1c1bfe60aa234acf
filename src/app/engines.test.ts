import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ENGINES } from '../cli/formats/names.ts'
import { BUILT_IN_ENGINE, systemClock } from '../core/index.ts'
import type { ForeignPackage } from '../engines/index.ts'
import { createEngineService } from './engine-service.ts'
import { createEngines, describeForeign } from './engines.ts'

const engines = createEngines({
  config: { dataDir: '/nowhere', trivy: { path: '/nowhere/trivy', searchPath: '', server: undefined } },
  clock: systemClock,
  database: async () => undefined,
})

it('has one line for each folder, and the command line offers them all', () => {
  const folders = readdirSync(join(import.meta.dirname, '../engines'), { withFileTypes: true })
  const names = folders.filter((each) => each.isDirectory()).map((each) => each.name)
  expect([...engines.keys()].sort()).toEqual(names.sort())
  expect([...ENGINES].sort()).toEqual([BUILT_IN_ENGINE, ...names].sort())
})

const foreign: ForeignPackage = {
  kind: 'os',
  type: 'debian',
  name: 'zlib1g',
  epoch: 1,
  version: '1.2.13.dfsg',
  release: '1',
  arch: 'amd64',
  sourceName: 'zlib',
  sourceEpoch: 1,
  sourceVersion: '1.2.13.dfsg',
  sourceRelease: '1',
  licenses: ['Zlib'],
  purl: '',
  path: null,
}

it('shows what another scanner found as our ecosystems show it', () => {
  const os = { family: 'debian', release: '12.4', extended: false }
  expect(describeForeign(foreign, os)).toMatchObject({
    ecosystem: 'dpkg',
    name: 'zlib1g',
    version: '1:1.2.13.dfsg-1',
    sourceName: 'zlib',
    purl: expect.stringMatching(/^pkg:deb\/debian\/zlib1g@1\.2\.13\.dfsg-1\?.*distro=debian-12\.4/),
  })
  const npm = {
    ...foreign,
    kind: 'language' as const,
    type: 'node-pkg',
    name: '@a/b',
    epoch: 0,
    release: '',
    version: '1.0.0',
  }
  expect(describeForeign(npm, null)).toMatchObject({ ecosystem: 'npm', purl: 'pkg:npm/%40a/b@1.0.0' })
})

it('shows as it is what no ecosystem knows', () => {
  const unknown = { ...foreign, kind: 'language' as const, type: 'cobol-pkg' }
  expect(describeForeign(unknown, null)).toMatchObject({
    ecosystem: 'cobol-pkg',
    name: 'zlib1g',
    version: '1:1.2.13.dfsg-1',
    purl: 'pkg:generic/zlib1g@1%3A1.2.13.dfsg-1',
  })
})

it('says what is missing, and lets nobody choose it', async () => {
  const service = createEngineService({ engines, clock: systemClock, databaseUpdatedAt: () => null })
  expect(await service.list()).toEqual([
    expect.objectContaining({ id: BUILT_IN_ENGINE, problem: null, databaseUpdatedAt: null }),
    expect.objectContaining({
      id: 'trivy',
      version: null,
      problem: expect.objectContaining({
        code: 'trivy-missing',
        remedy: expect.stringContaining('PORTOLAN_TRIVY_PATH'),
      }),
    }),
  ])
  await expect(service.check('trivy')).rejects.toMatchObject({ code: 'trivy-missing', kind: 'invalid' })
  await expect(service.check('other')).rejects.toMatchObject({ code: 'engine-unknown' })
  await service.check(BUILT_IN_ENGINE)
})
