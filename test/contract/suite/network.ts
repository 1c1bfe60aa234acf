import { expect, it } from 'vitest'
import { createAuthority } from '../../../src/test-support/certificates.ts'
import { testHttp } from '../../../src/test-support/http.ts'
import { failureOf } from '../../../src/test-support/registry-client.ts'
import { contentOf, failedStep, fill, type Open, type StartWorld, tagsOf } from './content.ts'

/** Faults on the way to a platform. */
export function network(startWorld: StartWorld, open: Open): void {
  it('names the host that cannot be reached', async () => {
    const world = await startWorld()
    fill(world)
    const connector = open(world)
    await world.internet.close()
    const step = failedStep(await connector.check())
    expect(step?.id).toBe('network')
    expect(step?.remedy).toBeTruthy()
  })

  it('does not trust a certificate of nobody', async () => {
    const world = await startWorld()
    fill(world)
    const stranger = createAuthority().cert
    const http: typeof world.internet.http = (tls) => world.internet.http({ ...tls, ca: stranger })
    const untrusting = { ...world, internet: { ...world.internet, http } }
    const step = failedStep(await open(untrusting).check())
    expect(step).toMatchObject({ id: 'tls', code: 'certificate-untrusted' })
  })

  it('says that a name is not known, and takes nothing for deleted because of that', async () => {
    const world = await startWorld()
    fill(world)
    const [first] = world.repositories
    const nowhere = { ...world, internet: { ...world.internet, http: () => testHttp() } }
    const step = failedStep(await open(nowhere).check())
    expect(step).toMatchObject({ id: 'network', code: 'host-not-found' })
    expect(step?.remedy).toBeTruthy()
    for (const work of [
      contentOf(open(nowhere)),
      tagsOf(open(nowhere), first),
      open(nowhere).resolve(first, '1.0'),
    ])
      expect(await failureOf(work)).toMatchObject({ code: 'host-not-found', kind: 'temporary' })
  })

  it('says that nothing answers in time', async () => {
    const world = await startWorld()
    fill(world)
    world.internet.intercept = () => ({ status: 200, silent: true })
    const http: typeof world.internet.http = (tls) => {
      const impatient = { ...tls, timeouts: { headers: 100 } }
      return world.internet.http(impatient)
    }
    const step = failedStep(await open({ ...world, internet: { ...world.internet, http } }).check())
    expect(step).toMatchObject({ id: 'network', code: 'response-timeout' })
    expect(step?.remedy).toMatch(/firewall/)
  })
}
