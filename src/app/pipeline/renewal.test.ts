import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { digestFromHex } from '../../core/index.ts'
import type {
  Analyzer,
  FileHeader,
  IndexingPlugin,
  LayerFact,
  LayerFeatures,
  NameDatabase,
} from '../../indexing/index.ts'
import type { Database } from '../../platform/db/index.ts'
import { eachDatabase } from '../../test-support/databases/index.ts'
import { rowsOf } from '../../test-support/domain/index.ts'
import { buildImage } from '../../test-support/image-builder/index.ts'
import { javaArchive, sha1Of } from '../../test-support/java-archive.ts'
import {
  allFindings,
  debian,
  npm,
  npmPackage,
  PipelineWorld,
  rows,
} from '../../test-support/pipeline/index.ts'
import { ecosystems } from '../ecosystems.ts'

const other = (analyzer: Partial<Analyzer>): IndexingPlugin => ({
  id: 'other',
  distributions: [],
  analyzers: [{ id: 'other', version: 1, maxSize: 1, wants: () => false, read: () => [], ...analyzer }],
  describe: (fact) => ({
    ecosystem: 'other',
    name: fact.name,
    version: fact.version,
    arch: null,
    sourceName: null,
    sourceVersion: null,
    purl: `pkg:generic/${fact.name}@${fact.version}`,
    licenses: [],
  }),
})

eachDatabase((name, open) => {
  let db: Database
  let world: PipelineWorld
  beforeAll(async () => {
    db = await open()
  })
  beforeEach(async () => {
    world = await PipelineWorld.begin(db)
  })
  afterEach(() => world.end())

  const inventories = () =>
    rowsOf<{ indexer_key: string; packages: number }>(
      db,
      `select v.indexer_key, (select sum(cardinality(package_ids))::int from package_set where id = any(v.set_ids)) as packages
       from image_platform p join inventory v on v.id = p.inventory_id order by p.manifest_digest`,
    )

  it('a new analyzer that no layer concerns asks the registry for nothing', async () => {
    await world.start()
    world.restart({ plugins: [...ecosystems, other({ concerns: () => false })] })
    const [before] = await inventories()
    await world.pipeline.renew()
    const [after] = await inventories()
    expect(after?.indexer_key).toBe(world.indexer.key)
    expect(after?.indexer_key).not.toBe(before?.indexer_key)
    expect(world.registry.requests).toEqual([])
    await world.pipeline.catchUp()
    expect(await world.brief()).toEqual(allFindings)
    expect(await world.events()).toEqual([])
    expect((await world.pipeline.progress()).renewing).toBeNull()
  })

  it('a new analyzer reads only layers that may concern it, and what was known is shown until then', async () => {
    await world.start()
    const analyzer = {
      maxSize: 1000,
      concerns: (features: LayerFeatures) => features.names.includes('package.json'),
      wants: ({ path }: FileHeader) => path.endsWith('package.json'),
      read: (path: string): LayerFact[] => [
        {
          kind: 'packages',
          scope: 'language',
          ecosystem: 'other',
          path,
          packages: [{ name: 'found', version: '1' }],
        },
      ],
    }
    world.restart({ plugins: [...ecosystems, other(analyzer)] })
    await world.pipeline.renew()
    expect(await world.brief()).toEqual(allFindings)
    expect((await inventories())[0]).toMatchObject({ packages: 3 })
    expect(await rowsOf(db, `select state, user_priority from scan order by id`)).toEqual([
      { state: 'completed', user_priority: false },
      { state: 'pending', user_priority: false },
    ])
    await world.pipeline.renew()
    expect(await rowsOf(db, `select id from scan`)).toHaveLength(2)
    await world.scanWaiting()
    expect(await inventories()).toEqual([{ indexer_key: world.indexer.key, packages: 4 }])
    const { layers } = buildImage({ layers: [debian, npm] })
    const asked = world.registry.requests.filter((request) => request.startsWith('blob'))
    expect(asked).toContain(`blob ${layers[1]?.digest}`)
    expect(asked).not.toContain(`blob ${layers[0]?.digest}`)
    expect(await world.brief()).toEqual(allFindings)
  })

  it('goes on where a killed renewal stopped, behind the scans that wait', async () => {
    await world.use(rows)
    for (let index = 0; index < 25; index += 1) {
      world.registry.put(`acme/r${index}`, '1', buildImage({ layers: [debian, npmPackage(index)] }))
    }
    await world.scan()
    const stop = new AbortController()
    const plugins = [...ecosystems, other({ concerns: () => false })]
    world.restart({ plugins }, { onChange: ({ kind }) => kind === 'progress' && stop.abort() })
    await expect(world.pipeline.renew(stop.signal)).rejects.toThrow()
    const renewed = async (): Promise<number> =>
      (await inventories()).filter((each) => each.indexer_key === world.indexer.key).length
    expect(await renewed()).toBe(20)
    expect((await world.pipeline.progress()).renewing).toEqual({ done: 20, total: 25 })
    world.restart({ plugins: [...ecosystems, other({ concerns: () => false })] })
    await world.pipeline.renew()
    expect(await renewed()).toBe(25)
    // An analyzer that every layer concerns: images wait in the queue, a few at a time.
    world.restart({ plugins: [...ecosystems, other({ version: 2 })] })
    await world.pipeline.renew()
    expect(await rowsOf(db, `select id from scan where state = 'pending'`)).toHaveLength(20)
    await world.scanWaiting()
    await world.pipeline.renew()
    await world.scanWaiting()
    expect(await renewed()).toBe(25)
  })

  it('newer names name what was nameless, without a pull', async () => {
    const jar = javaArchive({ files: [{ name: 'a/A.class', content: 'nothing that names it' }] })
    world.registry.put('acme/java', '1', buildImage({ layers: [{ files: { 'app/lib.jar': jar } }] }))
    const found = { group: 'org.acme', artifact: 'lib', version: '1.0' }
    const namesOf = (digit: string, sha1: string): NameDatabase => ({
      digest: digestFromHex(digit.repeat(64)),
      bySha1: (asked) => (asked === sha1 ? found : undefined),
      exists: () => false,
      groupOf: () => undefined,
    })
    let names: NameDatabase | null = null
    world.restart({ names: async () => names }, { names: async () => names?.digest ?? null })
    const advisory = { bucket: 'maven::GitHub', package: 'org.acme:lib', id: 'CVE-2024-0009' }
    await world.use({ advisories: [{ ...advisory, vulnerableVersions: ['<2.0'], patchedVersions: ['2.0'] }] })
    await world.scan()
    expect(await world.brief()).toEqual([])
    world.registry.requests.length = 0
    for (const [digit, sha1, expected] of [
      ['a', '', []],
      ['b', sha1Of(jar), ['UNKNOWN CVE-2024-0009 org.acme:lib']],
    ] as const) {
      names = namesOf(digit, sha1)
      await world.pipeline.renew()
      await world.pipeline.catchUp()
      expect(await world.brief()).toEqual(expected)
    }
    expect(world.registry.requests).toEqual([])
    expect(await rowsOf(db, 'select count(*) as n from scan')).toEqual([{ n: 1 }])
  })

  it.skipIf(name === 'embedded')('of two servers on one database one renews and matches, once', async () => {
    await world.use(rows)
    for (let index = 0; index < 10; index += 1) {
      world.registry.put(`acme/r${index}`, '1', buildImage({ layers: [debian, npmPackage(index)] }))
    }
    await world.scan()
    const plugins = [...ecosystems, other({ concerns: () => false })]
    const steps: string[] = []
    const pipelines = ['one', 'two'].map((server) => {
      world.restart({ plugins })
      const { index } = world.indexer
      world.indexer.index = (request) => {
        steps.push(server)
        return index.call(world.indexer, request)
      }
      return world.pipeline
    })
    await Promise.all(pipelines.map((pipeline) => pipeline.renew()))
    expect(steps).toHaveLength(10)
    expect(new Set(steps).size).toBe(1)
    world.matched = []
    await db.execute('update subject set matched_generation = null')
    const subjects = await rowsOf(db, 'select lookup_key from subject')
    await Promise.all(pipelines.map((pipeline) => pipeline.catchUp()))
    expect(world.matched).toHaveLength(subjects.length)
  })
})
