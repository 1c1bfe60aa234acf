import { proxyOf } from '../app/config.ts'
import { createRemoteImages, type OpenRemoteImage, type RegistryCredentials } from '../app/engine.ts'
import { AppError, Secret, systemClock } from '../core/index.ts'
import type { CommandContext } from './context.ts'
import { dockerCredentials } from './credentials.ts'
import { readInput } from './input.ts'

export interface RemoteOptions {
  readonly username?: string
  readonly passwordStdin: boolean
  readonly insecure: boolean
}

/**
 * How a command reaches registries. A name and password given by hand are for the image's registry; vulnerability data
 * comes with what `docker login` stored, so that no password goes to a registry that it is not meant for.
 */
export async function createRemote(
  options: RemoteOptions,
  context: CommandContext,
): Promise<{ readonly images: OpenRemoteImage; readonly data: OpenRemoteImage }> {
  const given = await givenCredentials(options, context)
  const data = opener(options, context, undefined)
  return { images: given === undefined ? data : opener(options, context, given), data }
}

function opener(
  { insecure }: RemoteOptions,
  context: CommandContext,
  given: RegistryCredentials | undefined,
): OpenRemoteImage {
  const proxy = proxyOf(context.env)
  return async (reference, signal) => {
    const found =
      given === undefined ? await dockerCredentials(reference.registry, context.env) : { credentials: given }
    if ('note' in found && found.note !== undefined) context.note(found.note)
    const { credentials } = found
    const open = createRemoteImages({
      clock: systemClock,
      // The user chose the image: any network of the user's machine may be meant.
      allowedNetworks: ['*'],
      insecure,
      ...(proxy === undefined ? {} : { proxy }),
      ...(credentials === undefined ? {} : { credentials: () => credentials }),
    })
    return open(reference, signal)
  }
}

async function givenCredentials(
  options: RemoteOptions,
  context: CommandContext,
): Promise<RegistryCredentials | undefined> {
  const { username, passwordStdin } = options
  if (username === undefined && !passwordStdin) return undefined
  if (username === undefined || !passwordStdin) {
    throw new AppError({
      code: 'password-incomplete',
      kind: 'invalid',
      publicMessage: '--username and --password-stdin belong together.',
      remedy: 'Write: echo "$PASSWORD" | portolan image --username NAME --password-stdin IMAGE',
    })
  }
  return { username, password: new Secret(await readPassword(context)) }
}

const longestPassword = 64 * 1024

async function readPassword({ stdin, signal }: CommandContext): Promise<string> {
  let text = ''
  for await (const chunk of readInput(stdin, signal)) {
    text += chunk.toString()
    if (text.length > longestPassword) break
  }
  return text.replace(/\r?\n$/, '')
}
