import { afterEach, describe, expect, it } from 'vitest'
import { Secret, systemClock } from '../../src/core/index.ts'
import type { RegistryConnector, RegistryProvider } from '../../src/registries/index.ts'
import { buildIndex } from '../../src/test-support/image-builder/index.ts'
import type { PlatformWorld, PlatformWorldOptions } from '../../src/test-support/platform-world.ts'
import { Cleanup, everything, failureOf } from '../../src/test-support/registry-client.ts'
import {
  contentOf,
  day,
  digestless,
  failedStep,
  fill,
  LONGEST_TAG,
  namesOf,
  numbered,
  type Open,
  type StartWorld,
  stateOf,
  tagsOf,
  through,
} from './suite/content.ts'
import { network } from './suite/network.ts'
import { oddities } from './suite/oddities.ts'

/**
 * What every platform's connector must do, against a fake that behaves as that platform does: the cases that trip clients of
 * registries, each seen through the port that discovery uses.
 */
export function platformContract(
  name: string,
  provider: RegistryProvider,
  start: (options: PlatformWorldOptions) => Promise<PlatformWorld>,
): void {
  describe(name, () => {
    const cleanup = new Cleanup()
    afterEach(() => cleanup.close())

    const startWorld = async (options: PlatformWorldOptions = {}): Promise<PlatformWorld> =>
      cleanup.keep(await start(options))

    const open = (world: PlatformWorld, settings = world.settings): RegistryConnector =>
      cleanup.keep(provider.open(settings, { http: world.internet.http, clock: systemClock }))

    listing(startWorld, open)
    changes(startWorld, open)
    signingIn(startWorld, open)
    trouble(startWorld, open)
    network(startWorld, open)
    pulling(startWorld, open)
    oddities(startWorld, open)
  })
}

function listing(startWorld: StartWorld, open: Open): void {
  it('lists every repository and every tag once, whatever the size of a page', async () => {
    for (const options of [{}, { pageSize: 1 }, { pageSize: 2 }, { pageSize: 3 }]) {
      const world = await startWorld(options)
      const wanted = fill(world)
      const connector = open(world)
      expect(connector.host).toBe(world.host)
      const content = await contentOf(connector)
      const names = await namesOf(connector)
      expect(names.toSorted()).toEqual(Object.keys(wanted).toSorted())
      expect(content).toEqual(world.knowsDigests ? wanted : digestless(wanted))
      for (const repository of names) {
        const tags = await tagsOf(connector, repository)
        expect(tags.map((tag) => tag.name).toSorted()).toEqual(
          Object.keys(wanted[repository] ?? {}).toSorted(),
        )
      }
    }
  })

  it('says when tags were pushed, where the platform does', async () => {
    const world = await startWorld()
    fill(world)
    const [, , deep] = world.repositories
    const tags = await tagsOf(open(world), deep)
    const pushed = tags.find(({ name }) => name === LONGEST_TAG)?.pushedAt
    expect(pushed).toBe(world.knowsPushDates ? day(20) : null)
  })

  it('finds nothing in an empty registry, and warns of both causes', async () => {
    const world = await startWorld()
    const connector = open(world)
    expect(await contentOf(connector)).toEqual({})
    const steps = await connector.check()
    const list = steps.find(({ id }) => id === 'list')
    expect(list).toMatchObject({ state: 'warning', remedy: expect.stringMatching(/push a test image/i) })
    expect(`${list?.message} ${list?.remedy}`).toMatch(/permission|may not list|right/i)
  })

  it('lists a repository without tags, where the platform knows such a thing', async () => {
    const world = await startWorld()
    const [first, second] = world.repositories
    world.push(first, '1', numbered(1), day(1))
    world.addRepository(second)
    const content = await contentOf(open(world))
    expect(content[first]).toBeDefined()
    if (world.listsEmptyRepositories) expect(content[second]).toEqual({})
    else expect(content[second]).toBeUndefined()
  })

  it('goes on from any page in another process', async () => {
    const world = await startWorld({ pageSize: 2 })
    const wanted = fill(world)
    const [, , deep] = world.repositories
    const pages = await everything(open(world).tags(deep))
    const whole = pages.flatMap(({ tags }) => tags.map((tag) => tag.name))
    for (const [index, { nextCursor }] of pages.entries()) {
      if (nextCursor === null) continue
      const before = pages.slice(0, index + 1).flatMap(({ tags }) => tags.map((tag) => tag.name))
      const rest = await tagsOf(open(world), deep, { cursor: nextCursor })
      expect([...before, ...rest.map((tag) => tag.name)]).toEqual(whole)
    }
    const listed = await everything(open(world).repositories())
    const [page] = listed
    if (page && page.nextCursor !== null) {
      const rest = await everything(open(world).repositories({ cursor: page.nextCursor }))
      const names = [page, ...rest].flatMap(({ repositories }) => repositories.map(({ name }) => name))
      expect([...new Set(names)].toSorted()).toEqual(Object.keys(wanted).toSorted())
    }
  })

  it('refuses a cursor that nobody gave out, or begins anew', async () => {
    const world = await startWorld()
    const wanted = fill(world)
    const names = await everything(open(world).repositories({ cursor: 'https://evil.example/?n=1' })).then(
      (pages) => pages.flatMap(({ repositories }) => repositories.map(({ name }) => name)),
      (error: unknown) => error,
    )
    if (Array.isArray(names)) expect(Object.keys(wanted)).toEqual(expect.arrayContaining(names))
    expect(world.internet.requests.join('\n')).not.toContain('evil.example')
  })
}

function changes(startWorld: StartWorld, open: Open): void {
  it('asks no more requests when nothing changed than when something did, and sees what did', async () => {
    const world = await startWorld({ pageSize: 3 })
    fill(world)
    const [first, , deep] = world.repositories
    const revisions = async (): Promise<Record<string, string | null>> => {
      const pages = await everything(open(world).repositories())
      return Object.fromEntries(
        pages.flatMap(({ repositories }) => repositories.map(({ name, revision }) => [name, revision])),
      )
    }
    const before = await revisions()
    expect(await revisions()).toEqual(before)
    world.push(deep, '99', numbered(99), day(99))
    const after = await revisions()
    expect(after[first]).toBe(before[first])
    if (before[deep] !== null) expect(after[deep]).not.toBe(before[deep])
    const recent = await contentOf(open(world), { since: day(98) })
    expect(Object.keys(recent[deep] ?? {})).toContain('99')
  })

  it('leaves out older tags only where it says so', async () => {
    const world = await startWorld({ pageSize: 2 })
    const wanted = fill(world)
    const [, , deep] = world.repositories
    const pages = await everything(open(world).tags(deep, { since: day(16) }))
    const names = pages.flatMap(({ tags }) => tags.map((tag) => tag.name))
    expect(names).toEqual(expect.arrayContaining(['16', LONGEST_TAG]))
    if (pages.at(-1)?.partial !== true)
      expect(names.toSorted()).toEqual(Object.keys(wanted[deep] ?? {}).toSorted())
    expect(pages.slice(0, -1).some(({ partial }) => partial === true)).toBe(false)
  })

  it('sees a tag that moves between two pages at least once, and never invents one', async () => {
    const world = await startWorld({ pageSize: 2 })
    const wanted = fill(world)
    const [, , deep] = world.repositories
    const seen = new Set<string>()
    let moved = false
    for await (const { tags } of open(world).tags(deep)) {
      for (const tag of tags) seen.add(tag.name)
      if (!moved) world.push(deep, '12', numbered(112), day(50))
      moved = true
    }
    for (const tag of seen) expect(Object.keys(wanted[deep] ?? {})).toContain(tag)
    for (const tag of Object.keys(wanted[deep] ?? {})) {
      if (tag !== '12') expect(seen).toContain(tag)
    }
  })

  it('says of a repository that left since it was listed that it is not there', async () => {
    const world = await startWorld()
    fill(world)
    const [first] = world.repositories
    const connector = open(world)
    await namesOf(connector)
    world.removeRepository(first)
    const left = await tagsOf(connector, first).catch((error: unknown) => error)
    if (!Array.isArray(left)) expect(left).toMatchObject({ code: 'repository-not-found', kind: 'not-found' })
    else expect(left).toEqual([])
    expect(Object.keys(await contentOf(open(world)))).not.toContain(first)
  })

  it('no longer lists a tag that is gone', async () => {
    const world = await startWorld()
    fill(world)
    const [first] = world.repositories
    world.untag(first, 'latest')
    expect(Object.keys((await contentOf(open(world)))[first] ?? {})).toEqual(['1.0'])
    expect(await failureOf(open(world).resolve(first, 'latest'))).toMatchObject({ kind: 'not-found' })
  })
}

function signingIn(startWorld: StartWorld, open: Open): void {
  it('passes its check step by step', async () => {
    const world = await startWorld()
    fill(world)
    const steps = await open(world).check()
    expect(steps.map(({ id }) => id)).toEqual(['network', 'tls', 'sign-in', 'list', 'pull'])
    expect(steps.filter(({ state }) => state === 'failed' || state === 'skipped')).toEqual([])
  })

  it('says that credentials are refused, and never tries again', async () => {
    const world = await startWorld()
    fill(world)
    const connector = open(world, world.wrongSettings)
    const steps = await connector.check()
    expect(failedStep(steps)).toMatchObject({ id: 'sign-in', code: 'credentials-refused' })
    expect(failedStep(steps)?.remedy).toBeTruthy()
    expect(stateOf(steps)).toMatchObject({ network: 'passed', list: 'skipped', pull: 'skipped' })
    const other = open(world, world.wrongSettings)
    expect(await failureOf(contentOf(other))).toMatchObject({ code: 'credentials-refused', kind: 'auth' })
    const sent = world.internet.requests.length
    const [first] = world.repositories
    expect(await failureOf(contentOf(other))).toMatchObject({ kind: 'auth' })
    expect(await failureOf(tagsOf(other, first))).toMatchObject({ kind: 'auth' })
    expect(world.internet.requests.length).toBe(sent)
  })

  it('says which right is missing', async () => {
    const world = await startWorld()
    if (world.deniedSettings === undefined) return
    fill(world)
    const step = failedStep(await open(world, world.deniedSettings).check())
    expect(step?.id).toBe('list')
    expect(step?.remedy).toBeTruthy()
    const failure = await failureOf(contentOf(open(world, world.deniedSettings)))
    expect(['denied', 'unsupported']).toContain(failure.kind)
  })

  it('renews a token that ends between two pages', async () => {
    const world = await startWorld({ pageSize: 2 })
    const wanted = fill(world)
    const [, , deep] = world.repositories
    const names: string[] = []
    for await (const { tags } of open(world).tags(deep)) {
      names.push(...tags.map((tag) => tag.name))
      world.expireTokens()
    }
    expect(names.toSorted()).toEqual(Object.keys(wanted[deep] ?? {}).toSorted())
  })

  it('never shows a secret', async () => {
    const world = await startWorld()
    fill(world)
    const [first] = world.repositories
    const errors = [
      await failureOf(open(world).resolve(first, 'gone')),
      await failureOf(contentOf(open(world, world.wrongSettings))),
    ]
    const shown = `${JSON.stringify(errors)} ${errors.map((error) => error.stack).join()} ${world.internet.requests.join('\n')}`
    for (const value of [...Object.values(world.settings), ...Object.values(world.wrongSettings)]) {
      if (value instanceof Secret) expect(shown).not.toContain(String(value.reveal()))
    }
  })
}

function trouble(startWorld: StartWorld, open: Open): void {
  const once = (answer: { status: number; headers?: Record<string, string>; body?: string }) => {
    let left = 1
    return () => (left-- > 0 ? answer : undefined)
  }

  it('waits when it is asked to, in every form, and goes on', async () => {
    const waits = [{ 'retry-after': '1' }, { 'retry-after': new Date(Date.now() + 1000).toUTCString() }, {}]
    for (const headers of waits) {
      const world = await startWorld()
      const wanted = fill(world)
      world.internet.intercept = once({ status: 429, headers, body: '{}' })
      expect(Object.keys(await contentOf(open(world))).toSorted()).toEqual(Object.keys(wanted).toSorted())
    }
  })

  it('says until when it is throttled', async () => {
    const world = await startWorld()
    fill(world)
    world.internet.intercept = () => ({ status: 429, headers: { 'retry-after': '7200' }, body: '{}' })
    expect(await failureOf(contentOf(open(world)))).toMatchObject({ kind: 'rate-limited' })
  })

  it('takes a server error for what it is, and goes on after a short one', async () => {
    const world = await startWorld()
    const wanted = fill(world)
    world.internet.intercept = once({ status: 503, body: 'upstream connect error' })
    expect(Object.keys(await contentOf(open(world))).toSorted()).toEqual(Object.keys(wanted).toSorted())
    world.internet.intercept = () => ({ status: 500, body: '<html>trouble</html>' })
    const failure = await failureOf(contentOf(open(world)))
    expect(failure.kind).toBe('temporary')
    expect(failure.publicMessage).not.toContain('<html>')
  })

  it('knows a web page from an API', async () => {
    const world = await startWorld()
    fill(world)
    const page = '<!doctype html><title>Sign in</title><p>Welcome'
    world.internet.intercept = () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: page })
    const step = failedStep(await open(world).check())
    expect(step?.code).toBe('not-a-registry')
    expect(step?.message).not.toContain('Welcome')
    expect(await failureOf(contentOf(open(world)))).toMatchObject({ kind: 'invalid' })
  })

  it('refuses an answer that is cut, or not what was asked for', async () => {
    for (const body of ['{"repositories":[{"na', 'null', '[]', '"text"', '{}', '[[[[[[[[', '{"data":null}']) {
      const world = await startWorld()
      fill(world)
      const listingBegins = world.listingRequests()
      world.internet.intercept = () =>
        world.listingRequests() > listingBegins || world.internet.requests.length > 12
          ? { status: 200, headers: { 'content-type': 'application/json' }, body }
          : undefined
      const outcome = await contentOf(open(world)).catch((error: unknown) => error)
      if (outcome instanceof Error) expect(outcome).toMatchObject({ name: 'AppError' })
    }
  })

  it('never follows a list to another place', async () => {
    const world = await startWorld({ pageSize: 2 })
    const wanted = fill(world)
    const asked: string[] = []
    const elsewhere = '<https://elsewhere.example/v2/?last=zz>; rel="next"'
    const leading = through(world, ({ url }, response) => {
      asked.push(String(url))
      if (response.header('link') !== undefined) return response
      const header = (name: string) => (name === 'link' ? elsewhere : response.header(name))
      const headerValues = (name: string) => (name === 'link' ? [elsewhere] : response.headerValues(name))
      return { ...response, header, headerValues }
    })
    const content = await contentOf(open(leading)).catch((error: unknown) => error)
    if (content instanceof Error) expect(content).toMatchObject({ name: 'AppError', kind: 'invalid' })
    else expect(Object.keys(content as object).toSorted()).toEqual(Object.keys(wanted).toSorted())
    expect(asked.filter((url) => url.includes('elsewhere'))).toEqual([])
  })
}

function pulling(startWorld: StartWorld, open: Open): void {
  it('resolves and pulls what it lists, byte for byte', async () => {
    const world = await startWorld()
    const [first, second] = world.repositories
    const image = numbered(1)
    const index = buildIndex([image, numbered(2)])
    world.push(first, '1', image, day(1))
    world.push(second, 'multi', index, day(1))
    const connector = open(world)
    for (const [repository, tag, built] of [
      [first, '1', image] as const,
      [second, 'multi', index] as const,
    ]) {
      expect(await connector.resolve(repository, tag)).toMatchObject({ digest: built.manifest.digest })
      const source = connector.source(repository)
      const manifest = await source.manifest(built.manifest.digest)
      expect(Buffer.from(manifest.bytes).equals(Buffer.from(built.manifest.bytes))).toBe(true)
      for (const [digest, bytes] of built.blobs) {
        const pulled = Buffer.concat(await (await source.blob({ digest, size: bytes.length })).toArray())
        expect(pulled.equals(Buffer.from(bytes))).toBe(true)
      }
    }
  })

  it('pulls with a token that ended', async () => {
    const world = await startWorld()
    const [first] = world.repositories
    const image = numbered(1)
    world.push(first, '1', image, day(1))
    const source = open(world).source(first)
    await source.manifest(image.manifest.digest)
    world.expireTokens()
    expect((await source.manifest(image.manifest.digest)).digest).toBe(image.manifest.digest)
  })
}
