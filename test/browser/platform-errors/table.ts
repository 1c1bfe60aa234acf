import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, expect } from 'vitest'
import { registryPlatforms } from '../../../src/app/registry-platforms.ts'
import { type RegistryPlatform, registryPlatform } from '../../../src/contract/index.ts'
import { buildImage } from '../../../src/test-support/image-builder/index.ts'
import { Cleanup } from '../../../src/test-support/registry-client.ts'
import { violations } from '../axe.ts'
import { SCREENSHOTS, title } from '../harness.ts'
import { pick } from '../menu.ts'
import { Person } from './person.ts'
import { type Caution, type Scene, type StartScene, valuesOf } from './scene.ts'
import type { Stage } from './stage.ts'

/** By id, as the API describes them. */
export const platforms: ReadonlyMap<string, RegistryPlatform> = new Map(
  registryPlatforms.map(({ description }) => [description.id, registryPlatform.parse(description)]),
)

const image = buildImage({
  layers: [{ files: { 'etc/os-release': 'ID=debian\nVERSION_ID="12"\n' } }],
  platform: { os: 'linux', architecture: 'amd64' },
})

/** A platform with two images, and a person before its empty form. */
export interface Table extends Scene {
  readonly page: Page
  readonly platform: RegistryPlatform
  readonly person: Person
  /** Of the connection. */
  readonly name: string
}

/** Starts platforms for the tests of a file; they end with it. */
export function tables({ address, page: onlyPage }: Stage) {
  const cleanup = new Cleanup()
  afterAll(() => cleanup.close())
  return async (id: string, start: StartScene, name: string): Promise<Table> => {
    const scene = await start()
    cleanup.keep(scene.world)
    for (const repository of scene.world.repositories.slice(0, 2))
      scene.world.push(repository, '1.0', image, Date.UTC(2026, 0, 1))
    const platform = platforms.get(id)
    if (platform === undefined) throw new Error(`no platform ${id}`)
    const page = onlyPage()
    await page.goto(`${address()}/settings/registry-connections/new?platform=${id}`)
    await page.getByLabel('Connection name').fill(name)
    return { ...scene, platform, page, name, person: new Person(page, platform) }
  }
}

export type Begin = ReturnType<typeof tables>

/** From the fields, as they should be, to the list of connections. */
export async function connect({ page, person, world, name }: Table, caution?: Caution): Promise<void> {
  await person.enter(valuesOf(world, { ...world.settings, ...caution?.settings }))
  caution?.arrange?.()
  await person.goOn()
  await person.save()
  await title(page, 'Registry Connections').waitFor()
  await rowOf({ page, name }).getByText('Connected', { exact: true }).waitFor()
}

export function rowOf({ page, name }: Pick<Table, 'page' | 'name'>) {
  return page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) })
}

/** What stands under the row of a connection. */
export function underRowOf(table: Pick<Table, 'page' | 'name'>) {
  return rowOf(table).locator('xpath=following-sibling::tr[1]')
}

export async function choose({ page, name }: Pick<Table, 'page' | 'name'>, item: string): Promise<void> {
  await pick(page.getByRole('button', { name: `Actions for ${name}` }), item)
}

/** axe finds nothing on the page as it is; a picture is kept. */
export async function look({ page }: Table, name: string): Promise<void> {
  expect.soft(await violations(page, 'main')).toEqual([])
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true })
}
