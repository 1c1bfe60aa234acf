import { expect } from 'vitest'
import { startOciWorld } from '../../../src/test-support/platforms/oci/index.ts'
import { title } from '../harness.ts'
import { valuesOf } from './scene.ts'
import { type Begin, look, rowOf } from './table.ts'

/** The lines of a check tick as the platform answers, while it takes its time over one of them. */
export async function linesThatTick(begin: Begin): Promise<void> {
  const world = await startOciWorld()
  const tried = await begin('oci', async () => ({ world, faults: [] }), 'One by one')
  const { page, person } = tried
  const listing = Promise.withResolvers<undefined>()
  world.internet.intercept = ({ url }) => (url.pathname === '/v2/_catalog' ? listing.promise : undefined)
  await person.enter(valuesOf(world, world.settings))
  await person.goOn()
  const lines = page.getByRole('list', { name: 'Connection check' })
  const states = () =>
    lines.getByRole('listitem').evaluateAll((all) => all.map((each) => each.dataset['state']))
  expect.soft(await states()).toEqual(Array.from({ length: 5 }, () => 'waiting'))
  await page.getByRole('button', { name: 'Save Connection' }).press('Enter')
  await expect.poll(states).toEqual(['passed', 'passed', 'passed', 'running', 'waiting'])
  expect.soft(await lines.getAttribute('aria-busy')).toBe('true')
  await look(tried, 'check-ticking')
  listing.resolve(undefined)
  await title(page, 'Registry Connections').waitFor()
  await rowOf(tried).getByText('Connected', { exact: true }).waitFor()
}
