import { afterEach, expect, it } from 'vitest'
import { answerFor } from '../../../test-support/link-local.ts'
import {
  expectConnected,
  expectUnusedWithoutLeave,
  keyless,
  openAcr,
  startFilled,
  startMachine,
} from '../../../test-support/platforms/acr/connection.ts'
import { acrIds } from '../../../test-support/platforms/acr/index.ts'
import { Cleanup } from '../../../test-support/registry-client.ts'

// In a process of its own: the SDK decides once in a process which kind of machine it is on.

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

it('the managed identity of a virtual machine signs in by the address that all of them have', async () => {
  const world = await startFilled(cleanup)
  const { host, seen } = await startMachine(cleanup, world, ['metadata', 'true'])
  cleanup.keep(answerFor('169.254.169.254', host))
  await expectUnusedWithoutLeave(cleanup, world)
  expect(seen).toEqual([])
  await expectConnected(openAcr(cleanup, world, { ...keyless, clientId: acrIds.reader }, true))
  expect(seen[0]?.pathname).toBe('/metadata/identity/oauth2/token')
  expect(seen[0]?.searchParams.get('client_id')).toBe(acrIds.reader)
})
