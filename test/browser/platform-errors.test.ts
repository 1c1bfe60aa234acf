import { describe, expect, it } from 'vitest'
import { registryPlatforms } from '../../src/app/registry-platforms.ts'
import { violations } from './axe.ts'
import { SLOW } from './harness.ts'
import { expectFaces, expectField, expectSmallAndDark } from './platform-errors/expectations.ts'
import { credentialsThatEnd, incompleteLater, throttledLater } from './platform-errors/later.ts'
import { inputOf } from './platform-errors/person.ts'
import { fieldFaultsOfAll, type StartScene } from './platform-errors/scene.ts'
import { acrScene, ecrScene } from './platform-errors/scenes/aws-and-azure.ts'
import { ghcrScene, gitlabScene } from './platform-errors/scenes/forges.ts'
import { garScene, gcrScene } from './platform-errors/scenes/google.ts'
import { dockerhubScene, jfrogScene, ociScene, quayScene } from './platform-errors/scenes/registries.ts'
import { stage } from './platform-errors/stage.ts'
import { choose, connect, platforms, type Table, tables, underRowOf } from './platform-errors/table.ts'
import { linesThatTick } from './platform-errors/ticking.ts'

/** By platform, in the order of the platforms table. */
const scenes: Readonly<Record<string, StartScene>> = {
  ecr: ecrScene,
  dockerhub: dockerhubScene,
  ghcr: ghcrScene,
  gar: garScene,
  gcr: gcrScene,
  acr: acrScene,
  gitlab: gitlabScene,
  jfrog: jfrogScene,
  quay: quayScene,
  oci: ociScene,
}

const table = tables(stage())

/** Nothing is sent before all that is needed is there; the server's own identity does not stand in by itself. */
async function expectRequired({ page, platform }: Table): Promise<void> {
  await page.getByRole('button', { name: 'Next' }).press('Enter')
  const identity = registryPlatforms.find(({ description }) => description.id === platform.id)
  const text = await page.getByRole('main').innerText()
  for (const field of identity?.description.fields ?? []) {
    if (field.required || field.orAmbient) expect.soft(text).toContain(`${field.label} is required.`)
    if (field.orAmbient && field.secret)
      expect.soft(text).toContain('does not allow its own cloud identity in its place')
  }
  const first = platform.fields.find(({ required }) => required)
  if (first !== undefined)
    expect
      .soft(await page.locator(':focus').getAttribute('id'))
      .toBe(await inputOf(page, first).getAttribute('id'))
}

async function expectNothingFound(connected: Table): Promise<void> {
  const { world, page } = connected
  for (const repository of world.repositories.slice(0, 2)) world.removeRepository(repository)
  await choose(connected, 'Discover everything again')
  const warning = underRowOf(connected).getByText(/found no repository/)
  await warning.waitFor()
  const text = await warning.innerText()
  expect.soft(text).toMatch(/credentials may not list them, or the registry has no images yet/)
  expect.soft(text).toMatch(/What to do: Grant the permission to list\. .*push a test image/)
  expect.soft(await violations(page, 'main')).toEqual([])
}

describe('what a person reads when a registry does not connect', () => {
  it('is tried for every platform that there is', () => {
    expect(Object.keys(scenes)).toEqual([...platforms.keys()])
  })

  it.each(Object.entries(scenes))(
    '%s: each cause with its step, the words of the platform and what to do; mended, the same form connects',
    async (id, start) => {
      const tried = await table(id, start, `My ${id}`)
      await expectRequired(tried)
      await expectFaces(tried)
      await expectSmallAndDark(tried)
      for (const fault of [...fieldFaultsOfAll, ...(tried.fieldFaults ?? [])]) await expectField(tried, fault)
      const { excess } = tried
      await connect(tried, excess)
      if (excess !== undefined) {
        const warning = underRowOf(tried).getByText(excess.says)
        expect.soft(await warning.innerText()).toContain(`What to do: ${excess.todo}`)
      }
      await expectNothingFound(tried)
    },
    SLOW,
  )
})

describe('what a person reads while a registry is tried', () => {
  it('each step as it is known, and which is waited for', () => linesThatTick(table), SLOW)
})

describe('what a person reads of a connection that worked before', () => {
  it(
    'that its token was revoked; another host demands the secret again, and a token that works mends it',
    () => credentialsThatEnd(table),
    SLOW,
  )

  it('that its platform asks to wait, and until when', () => throttledLater(table), SLOW)

  it('that a part of it could not be read, and which', () => incompleteLater(table), SLOW)
})
