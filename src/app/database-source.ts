import { type Clock, parseImageReference } from '../core/index.ts'
import type { ImageSource } from '../images/index.ts'
import type { Config } from './config.ts'
import { createRemoteImages } from './engine.ts'

const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/

/**
 * Opens the repositories that vulnerability data comes from: public ones, without sign-in. As with other tools, a registry on
 * this machine may speak plain HTTP.
 */
export function createDatabaseSource(
  config: Pick<Config, 'allowedNetworks' | 'proxy'>,
  clock: Clock,
): (reference: string) => Promise<ImageSource> {
  const { allowedNetworks, proxy } = config
  const options = { clock, allowedNetworks, ...(proxy === undefined ? {} : { proxy }) }
  const open = createRemoteImages(options)
  const openHere = createRemoteImages({ ...options, insecure: true })
  return (reference) => {
    const { registry, repository } = parseImageReference(reference)
    return (loopback.test(registry) ? openHere : open)({ registry, repository })
  }
}
