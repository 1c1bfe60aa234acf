/** Another engine without a program: every package it was told of, each with one vulnerability. */
import { type EngineScanRequest, type ImageEngine, judgedInventory } from '../../engines/index.ts'

export interface FakeEngine extends ImageEngine {
  /** `package@version id severity`, as the next scan finds them. */
  finds: readonly string[]
  /** Manifests that were scanned, each with its owner. */
  readonly scanned: string[]
  updatedAt: number
}

export function fakeEngine(id = 'other'): FakeEngine {
  const engine: FakeEngine = {
    id,
    label: 'Other',
    finds: [],
    scanned: [],
    updatedAt: Date.UTC(2025, 5, 1),
    facts: async () => ({ version: '1.0', databaseUpdatedAt: engine.updatedAt }),
    async scan({ image, owner }: EngineScanRequest) {
      engine.scanned.push(`${owner} ${image.manifest.digest}`)
      const judged = judgedInventory({
        engine: id,
        owner,
        image,
        os: { family: 'debian', release: '12', extended: false },
        packages: engine.finds.map((line) => judge(line)),
        describe: (foreign) => ({
          ecosystem: 'dpkg',
          name: foreign.name,
          version: foreign.version,
          arch: null,
          sourceName: null,
          sourceVersion: null,
          purl: `pkg:deb/debian/${foreign.name}@${foreign.version}`,
          licenses: [],
        }),
      })
      return { ...judged, facts: await engine.facts() }
    },
  }
  return engine
}

function judge(line: string) {
  const [item = '', vulnerabilityId = '', severity = 'HIGH'] = line.split(' ')
  const [name = '', version = ''] = item.split('@')
  const match = {
    vulnerabilityId,
    severity: severity as 'HIGH',
    severitySource: '',
    status: 'affected' as const,
    fixedVersion: '',
    vendorIds: [],
    dataSource: null,
    ownSeverity: null,
  }
  return {
    foreign: {
      kind: 'os' as const,
      type: 'debian',
      name,
      version,
      epoch: 0,
      release: '',
      arch: '',
      sourceName: '',
      sourceEpoch: 0,
      sourceVersion: '',
      sourceRelease: '',
      licenses: [],
      purl: '',
      path: null,
    },
    layer: 0,
    verdicts: vulnerabilityId === '' ? [] : [{ match, details: null }],
  }
}
