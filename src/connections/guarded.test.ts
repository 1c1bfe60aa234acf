import { expect, it } from 'vitest'
import type { RegistryConnector } from '../registries/index.ts'
import { FakeRegistry } from '../test-support/domain/index.ts'
import { guarded } from './guarded.ts'

type Source = ReturnType<RegistryConnector['source']>

/** What is new in the ports is missed here by the compiler, until it is passed on. */
const connectorHas: Record<keyof RegistryConnector, true> = {
  host: true,
  spansHosts: true,
  insecure: true,
  check: true,
  repositories: true,
  tags: true,
  contents: true,
  resolve: true,
  source: true,
  close: true,
}
const sourceHas: Record<keyof Source, true> = {
  name: true,
  manifest: true,
  blob: true,
  referrers: true,
  knownTags: true,
  close: true,
}

it('passes on all that a connector and its sources have, and nothing that they have not', () => {
  const registry = new FakeRegistry()
  registry.listsEverything = true
  const more: Partial<Source> = {
    referrers: async () => undefined,
    knownTags: async () => new Set(),
    close: async () => undefined,
  }
  const plain = new FakeRegistry().connector()
  const whole: RegistryConnector = {
    ...registry.connector(),
    spansHosts: true,
    source: (repository) => ({ ...registry.source(repository), ...more }),
  }
  const found = guarded(whole, (question) => question())
  expect(Object.keys(found).toSorted()).toEqual(Object.keys(connectorHas).toSorted())
  expect(Object.keys(found.source('acme/api')).toSorted()).toEqual(Object.keys(sourceHas).toSorted())
  expect(Object.keys(guarded(plain, (question) => question())).toSorted()).toEqual(
    Object.keys(plain).toSorted(),
  )
})
