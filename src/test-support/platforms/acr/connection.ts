import { expect } from 'vitest'
import { systemClock } from '../../../core/index.ts'
import type { RegistryConnector } from '../../../registries/index.ts'
import { acrProvider } from '../../../registries/providers/acr/index.ts'
import { serve } from '../../http-servers.ts'
import { buildImage } from '../../image-builder/index.ts'
import { type Cleanup, everything, failureOf } from '../../registry-client.ts'
import { type AcrWorld, type AcrWorldOptions, startAcrWorld } from './index.ts'

/** The image that a started world has, as api:1. */
const image = buildImage({ layers: [{ files: { a: 'a' } }] })

/** A form without any credentials. */
export const keyless = { registryName: 'contoso' }

export async function startFilled(cleanup: Cleanup, options: AcrWorldOptions = {}): Promise<AcrWorld> {
  const world = cleanup.keep(await startAcrWorld(options))
  world.push('api', '1', image, Date.UTC(2026, 0, 1))
  return world
}

export function openAcr(
  cleanup: Cleanup,
  world: AcrWorld,
  settings: Readonly<Record<string, unknown>>,
  allowAmbientCredentials?: boolean,
): RegistryConnector {
  const environment = {
    http: world.internet.http,
    clock: systemClock,
    ...(allowAmbientCredentials === undefined ? {} : { allowAmbientCredentials }),
  }
  return cleanup.keep(acrProvider.open(settings, environment))
}

export function asked(world: AcrWorld, part: string): number {
  return world.internet.requests.filter((request) => request.includes(part)).length
}

/** Without leave there is no connection; with a secret, leave or not, it is the service principal that signs in. */
export async function expectUnusedWithoutLeave(
  cleanup: Cleanup,
  world: AcrWorld,
  place: Readonly<Record<string, unknown>> = keyless,
): Promise<void> {
  for (const allow of [undefined, false]) {
    const error = await failureOf(Promise.resolve().then(() => openAcr(cleanup, world, place, allow)))
    expect(error).toMatchObject({ code: 'settings-invalid' })
    expect(error.fields?.['clientSecret']).toMatch(/missing.*operator has not allowed/)
  }
  for (const allow of [false, true]) {
    await everything(openAcr(cleanup, world, world.settings, allow).repositories())
  }
}

/** Every step of the check passes, and the image is pulled. */
export async function expectConnected(connector: RegistryConnector): Promise<void> {
  expect((await connector.check()).filter(({ state }) => state !== 'passed')).toEqual([])
  expect((await connector.source('api').manifest('1')).digest).toBe(image.manifest.digest)
}

/** The machine's own token endpoint. @param header that proves that a request comes from the machine */
export async function startMachine(
  cleanup: Cleanup,
  world: AcrWorld,
  [name, value]: readonly [name: string, value: string],
): Promise<{ readonly url: string; readonly host: string; readonly seen: readonly URL[] }> {
  const seen: URL[] = []
  const server = await serve(cleanup, (message, response) => {
    const url = new URL(message.url ?? '/', 'http://machine')
    const isRight = message.headers[name] === value
    if (isRight) seen.push(url)
    const token = {
      access_token: world.identityToken(),
      expires_on: String(Math.floor(Date.now() / 1000) + 3600),
      resource: url.searchParams.get('resource'),
      token_type: 'Bearer',
    }
    response
      .writeHead(isRight ? 200 : 400, { 'content-type': 'application/json' })
      .end(JSON.stringify(isRight ? token : { error: 'invalid_request' }))
  })
  return { url: server.url, host: new URL(server.url).host, seen }
}
