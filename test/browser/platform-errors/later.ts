import { expect } from 'vitest'
import { startGhcrWorld } from '../../../src/test-support/platforms/ghcr/index.ts'
import { startGitlabWorld } from '../../../src/test-support/platforms/gitlab/index.ts'
import { startOciWorld } from '../../../src/test-support/platforms/oci/index.ts'
import { title } from '../harness.ts'
import { descriptionOf, inputOf } from './person.ts'
import { at, refusal } from './scene.ts'
import { type Begin, choose, connect, look, rowOf, type Table, underRowOf } from './table.ts'

/** A token is revoked at the platform: the list, the overview and the form say so; given back, it connects. */
export async function credentialsThatEnd(begin: Begin): Promise<void> {
  const world = await startGhcrWorld()
  const tried = await begin('ghcr', async () => ({ world, faults: [] }), 'Revoked later')
  const { page, platform } = tried
  await connect(tried)
  const [[revoked = '', holder] = []] = Object.entries(world.tokens)
  if (holder === undefined) throw new Error('the account has a token')
  delete world.tokens[revoked]
  await choose(tried, 'Discover Images')
  const failure = underRowOf(tried).getByRole('note')
  await failure.getByText('Failed to connect').waitFor()
  const text = await failure.innerText()
  for (const part of ['does not accept this token', 'What to do:', 'credentials-refused', '203.0.113.7'])
    expect.soft(text).toContain(part)
  await rowOf(tried).getByText('Error', { exact: true }).waitFor()
  await look(tried, 'later-revoked')
  await page.getByRole('link', { name: 'Overview', exact: true }).click()
  await page.getByRole('link', { name: 'Revoked later: Error' }).click()
  await title(page, 'Edit Revoked later').waitFor()
  await page.getByRole('note').getByText('does not accept this token').waitFor()
  await look(tried, 'later-revoked-edit')
  await demandsTheSecret(tried)
  world.tokens[revoked] = holder
  const token = platform.fields.find(({ secret }) => secret)
  if (token !== undefined) await inputOf(page, token).fill(revoked)
  await page.getByRole('button', { name: 'Update' }).press('Enter')
  await title(page, 'Registry Connections').waitFor()
  await rowOf(tried).getByText('Connected', { exact: true }).waitFor()
}

/** Another host never gets a stored secret: it has to be typed again. The host is put back. */
async function demandsTheSecret({ page, platform }: Table): Promise<void> {
  const host = platform.fields.find(({ guardsSecrets, group }) => guardsSecrets && group === undefined)
  const secret = platform.fields.find((field) => field.secret)
  if (host === undefined || secret === undefined) throw new Error('no such fields')
  await inputOf(page, host).fill('https://api.evil.ghe.com')
  await page.getByRole('button', { name: 'Update' }).press('Enter')
  await page.getByRole('alert').getByText('must be entered again').waitFor()
  const input = inputOf(page, secret)
  expect.soft(await input.getAttribute('aria-invalid')).toBe('true')
  expect.soft(await descriptionOf(page, input)).toContain('Enter it again for the new registry.')
  expect.soft(await input.inputValue()).toBe('')
  await inputOf(page, host).fill('')
}

/** A platform that asks to wait stays connected; it is said until when. */
export async function throttledLater(begin: Begin): Promise<void> {
  const world = await startGitlabWorld()
  const tried = await begin('gitlab', async () => ({ world, faults: [] }), 'Throttled later')
  await connect(tried)
  world.internet.intercept = () => refusal(429, { message: 'Retry later' }, { 'retry-after': '7200' })
  await choose(tried, 'Discover Images')
  const waiting = underRowOf(tried).getByText(/Discovery waits: /)
  await waiting.waitFor()
  expect.soft(await waiting.innerText()).toMatch(/until .*\d\d:\d\d.* UTC .*What to do: Nothing to do/)
  await rowOf(tried).getByText('Connected', { exact: true }).waitFor()
  await look(tried, 'later-throttled')
}

/** What could not be read is named, beside what could. */
export async function incompleteLater(begin: Begin): Promise<void> {
  const world = await startOciWorld()
  const tried = await begin('oci', async () => ({ world, faults: [] }), 'Closed in part')
  await connect(tried)
  const [, second] = world.repositories
  world.internet.intercept = at(
    `/v2/${second}/`,
    refusal(403, { errors: [{ code: 'DENIED', message: 'no' }] }),
  )
  await choose(tried, 'Discover everything again')
  const incomplete = underRowOf(tried).getByText(/The last discovery is incomplete because/)
  await incomplete.waitFor()
  expect.soft(await incomplete.innerText()).toContain('1 of 2 repositories could not be read whole')
  expect.soft(await incomplete.innerText()).toContain(second)
  await rowOf(tried).getByText('Connected', { exact: true }).waitFor()
  await look(tried, 'later-incomplete')
}
