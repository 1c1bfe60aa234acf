import { randomBytes } from 'node:crypto'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { AppError, hostList, Secret } from '../core/index.ts'
import { createVault, keyringOf } from '../platform/credentials/index.ts'
import type { Database } from '../platform/db/index.ts'
import type { CheckStep, RegistryConnector } from '../registries/index.ts'
import { eachDatabase } from '../test-support/databases/index.ts'
import { emptyDatabase, type FakePlatform, fakePlatform, ManualClock } from '../test-support/domain/index.ts'
import { buildImage } from '../test-support/image-builder/index.ts'
import { everything } from '../test-support/registry-client.ts'
import { createConnections } from './index.ts'

const keyring = keyringOf([new Secret<Uint8Array>(randomBytes(32))])
const settings = { url: 'registry.test', username: 'robot', password: 'hunter2-secret' }
const input = { name: 'Main', platform: 'fake', settings }
const image = buildImage({ layers: [{ files: { a: 'b' } }] })
const step = (id: CheckStep['id'], code: string): CheckStep => ({
  id,
  state: 'failed',
  message: 'No.',
  remedy: 'Enter them again.',
  code,
})
const refused = { code: 'credentials-refused', kind: 'auth', publicMessage: 'No.' } as const
const untilThen = expect.stringContaining('until you edit the connection or check it')

eachDatabase((_name, open) => {
  let db: Database
  let platform: FakePlatform

  beforeAll(async () => {
    db = await open()
  })
  beforeEach(async () => {
    await emptyDatabase(db)
    platform = fakePlatform()
  })
  /** Another one is another process. */
  const make = () => {
    const clock = new ManualClock()
    return createConnections({
      rules: {
        insecureHosts: hostList('INSECURE_SETTING', []),
        proxyHosts: hostList('PROXY_SETTING', []),
        identity: { has: () => true },
        egressAddresses: [],
      },
      db,
      clock,
      vault: createVault(db, keyring, clock),
      providers: [platform],
      environment: { http: () => Promise.reject(new Error('no network')) as never, clock },
    })
  }
  const registry = () => {
    const found = platform.registries.get('registry.test')
    if (found === undefined) throw new Error('no connector was opened yet')
    return found
  }
  const refuse = (): void => {
    registry().before = async () => {
      await new Promise(setImmediate)
      throw new AppError({ ...refused, remedy: 'Enter them again.' })
    }
  }
  const requests = () => registry().requests.length

  it('credentials that a check saw refused are not offered by work, in no process', async () => {
    platform.steps = [step('sign-in', 'credentials-refused')]
    const { service, connectors } = make()
    const { id } = await service.create('one', input)
    const opened = platform.opened.length
    for (const each of [connectors, make().connectors])
      await expect(each.openConnector('one', id)).rejects.toMatchObject({ ...refused, remedy: untilThen })
    expect(platform.opened).toHaveLength(opened)
    expect(requests()).toBe(0)
  })

  it('of all work that begins at once one question goes first, and its refusal stops the rest', async () => {
    const { service, connectors } = make()
    const { id } = await service.create('one', input)
    registry().put('acme/api', '1', image)
    refuse()
    const opened = await Promise.all([1, 2, 3].map(() => connectors.openConnector('one', id)))
    const asked = opened.flatMap((connector) => asEverythingAsks(connector))
    for (const outcome of await Promise.allSettled(asked))
      expect(outcome).toMatchObject({ status: 'rejected', reason: refused })
    expect(requests()).toBe(1)
    for (const each of [connectors, make().connectors])
      await expect(each.openConnector('one', id)).rejects.toMatchObject(refused)
    expect(requests()).toBe(1)
  })

  it('once they were taken, questions go side by side; a later refusal stops them too', async () => {
    const { service, connectors } = make()
    const { id } = await service.create('one', input)
    registry().put('acme/api', '1', image)
    const [first, second] = [
      await connectors.openConnector('one', id),
      await connectors.openConnector('one', id),
    ]
    await first.resolve('acme/api', '1')
    const held = Promise.withResolvers<void>()
    registry().before = () => held.promise
    const both = Promise.all([first, second].map((connector) => connector.resolve('acme/api', '1')))
    await expect.poll(requests).toBe(3)
    held.resolve()
    await both
    refuse()
    await expect(second.resolve('acme/api', '1')).rejects.toMatchObject(refused)
    const sent = requests()
    await expect(first.source('acme/api').manifest(image.manifest.digest)).rejects.toMatchObject(refused)
    await expect(everything(first.tags('acme/api'))).rejects.toMatchObject(refused)
    expect(requests()).toBe(sent)
  })

  it('they are offered again after a check that passes, or an edit of the settings, and after nothing else', async () => {
    platform.steps = [step('sign-in', 'credentials-refused')]
    const { service, connectors } = make()
    const { id } = await service.create('one', input)
    const isRefused = () => expect(connectors.openConnector('one', id)).rejects.toMatchObject(refused)
    platform.steps = [step('network', 'connection-refused')]
    await service.check('one', id)
    await isRefused()
    await service.edit('one', id, { version: 1, name: 'Other' })
    await isRefused()
    platform.steps = []
    await service.check('one', id)
    registry().put('acme/api', '1', image)
    await (await connectors.openConnector('one', id)).resolve('acme/api', '1')
    refuse()
    await expect((await connectors.openConnector('one', id)).resolve('acme/api', '1')).rejects.toMatchObject(
      refused,
    )
    await isRefused()
    registry().before = () => undefined
    platform.steps = [step('network', 'connection-refused')]
    await service.edit('one', id, { version: 2, settings: { ...settings, password: 'new' } })
    await (await connectors.openConnector('one', id)).resolve('acme/api', '1')
  })

  it('a refusal of what was edited meanwhile says nothing of the new credentials', async () => {
    const { service, connectors } = make()
    const { id } = await service.create('one', input)
    const before = await connectors.openConnector('one', id)
    registry().put('acme/api', '1', image)
    await service.edit('one', id, { version: 1, settings: { ...settings, password: 'new' } })
    const after = await connectors.openConnector('one', id)
    refuse()
    await expect(before.resolve('acme/api', '1')).rejects.toMatchObject(refused)
    registry().before = () => undefined
    await after.resolve('acme/api', '1')
    await (await make().connectors.openConnector('one', id)).resolve('acme/api', '1')
  })

  it('what the machine itself is refused may be mended there, so the next work tries again', async () => {
    const { service, connectors } = make()
    const keyless = { url: 'registry.test', username: '' }
    const { id } = await service.create('one', { ...input, settings: keyless })
    registry().put('acme/api', '1', image)
    refuse()
    await expect((await connectors.openConnector('one', id)).resolve('acme/api', '1')).rejects.toMatchObject(
      refused,
    )
    registry().before = () => undefined
    await (await connectors.openConnector('one', id)).resolve('acme/api', '1')
  })

  it('a failure that says nothing of the credentials lets the next question through', async () => {
    const { service, connectors } = make()
    const { id } = await service.create('one', input)
    registry().put('acme/api', '1', image)
    let left = 1
    registry().before = () => {
      if (left-- > 0)
        throw new AppError({ code: 'connection-broken', kind: 'temporary', publicMessage: 'Broken.' })
    }
    const connector = await connectors.openConnector('one', id)
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => connector.resolve('acme/api', '1')))
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
  })
})

function asEverythingAsks(connector: RegistryConnector): Promise<unknown>[] {
  const source = connector.source('acme/api')
  return [
    everything(connector.repositories()),
    everything(connector.tags('acme/api')),
    connector.resolve('acme/api', '1'),
    source.manifest('1'),
    source.blob({ digest: image.manifest.digest, size: 1 }),
  ]
}
