import { buildImage } from './image-builder/index.ts'
import { type Cleanup, password, testClient } from './registry-client.ts'
import {
  pushBuilt,
  type RegistryServer,
  type RegistryServerOptions,
  type ServerAuth,
  startRegistryServer,
} from './registry-server/index.ts'

/** Behind each tag. */
export const guardedImage = buildImage({ layers: [{ files: { 'etc/hello': 'hello' } }] })

/** The users of a registry that lets only them in. */
export const users = { ann: 'correct horse' }
export const ann = password('ann', users.ann)

/** Registries of two repositories with two tags each, behind a sign-in, and clients of theirs. */
export function guardedRegistries(cleanup: Cleanup) {
  return {
    async start(auth: ServerAuth, options: RegistryServerOptions = {}): Promise<RegistryServer> {
      const registry = cleanup.keep(await startRegistryServer({ auth, ...options }))
      for (const repository of ['acme/api', 'acme/web'])
        pushBuilt(registry, repository, ['1', '2'], guardedImage)
      return registry
    },
    client: ({ host }: RegistryServer, options?: Parameters<typeof testClient>[2]) =>
      testClient(cleanup, host, options),
  }
}
