import { join } from 'node:path'
import { expect } from 'vitest'
import { scaled } from '../../../src/test-support/scale.ts'
import { violations } from '../axe.ts'
import { SCREENSHOTS } from '../harness.ts'
import { alertOf, descriptionOf, type Face, faceOf, inputOf } from './person.ts'
import { type Fault, type FieldFault, faultsOfAll, secretsOf, valuesOf } from './scene.ts'
import { platforms, type Table } from './table.ts'

const STEPS: readonly string[] = ['network', 'tls', 'sign-in', 'list', 'pull']
const EGRESS = '203.0.113.7'

/** With what is wrong now, up to the answer; the world is mended after it. @returns the secrets that were typed */
async function tryOut(table: Table, fault: Fault | FieldFault): Promise<string[]> {
  const { page, person, world, platform } = table
  const name = page.getByLabel('Connection name')
  const values = valuesOf(world, { ...world.settings, ...fault.settings })
  if (!person.has(values)) {
    if (await name.isHidden()) await person.goBack()
    await person.enter(values)
  }
  if (await name.isVisible()) await person.goOn()
  if ('out' in fault && fault.out !== undefined) world.internet.intercept = fault.out
  const mend = 'arrange' in fault ? fault.arrange?.() : undefined
  await person.save()
  await alertOf(page).waitFor()
  world.internet.intercept = () => undefined
  mend?.()
  return secretsOf(platform, values)
}

function expectAlert({ alert }: Face, { says, todo, code }: Fault, about: string): void {
  expect.soft(alert, about).toMatch(/^Failed to connect/)
  for (const part of says) expect.soft(alert, about).toContain(part)
  expect.soft(alert.split('What to do: ')[1] ?? '', about).toContain(todo)
  expect.soft(alert, about).toContain(`Code ${code}`)
  expect
    .soft(alert, about)
    .toMatch(/credentials.*console[^]*allows connections from this server[^]*firewall rules/)
  expect.soft(alert, about).toContain(EGRESS)
}

/** What can go wrong everywhere goes wrong on two platforms, in `npm run test:long` on all. */
function isTried(fault: Fault, { platform }: Table): boolean {
  const number = faultsOfAll.indexOf(fault)
  const turn = [...platforms.keys()].indexOf(platform.id) % faultsOfAll.length
  return number < 0 || number === turn || scaled(0, 1) === 1
}

/** Every fault of a platform, one after the other in the same form. */
export async function expectFaces(table: Table): Promise<void> {
  const seen = new Set<string>()
  for (const fault of table.faults.filter((each) => isTried(each, table))) {
    await expectFace(table, fault)
    // Faces of the same step differ in their words only.
    if (!seen.has(fault.step))
      expect.soft(await violations(table.page, 'main'), `${table.platform.label}: ${fault.name}`).toEqual([])
    seen.add(fault.step)
  }
}

/** The message, the step that failed, and where the person is led to; nothing of a secret. */
async function expectFace(table: Table, fault: Fault): Promise<void> {
  const { page, platform } = table
  const secrets = await tryOut(table, fault)
  const face = await faceOf(page)
  const about = `${platform.label}: ${fault.name}`
  expectAlert(face, fault, about)
  expect.soft(face.isFocused, `${about}: led to the message`).toBe(true)
  const failed = STEPS.indexOf(fault.step)
  const after = STEPS.slice(failed + 1).map(() => 'skipped')
  expect.soft(face.steps.slice(failed), about).toEqual(['failed', ...after])
  expect.soft(face.steps.slice(0, failed), about).not.toContain('skipped')
  for (const secret of secrets) expect(face.html.includes(secret), `${about}: shows a secret`).toBe(false)
}

/** The last message again, in a narrow window in the dark: readable, and nothing scrolls sideways. */
export async function expectSmallAndDark({ page, platform }: Table): Promise<void> {
  const wide = page.viewportSize()
  await page.screenshot({ path: join(SCREENSHOTS, `error-${platform.id}-wide-light.png`) })
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  await page.locator('html[data-mantine-color-scheme="dark"]').waitFor({ state: 'attached' })
  await page.setViewportSize({ width: 360, height: 900 })
  const excess = 'document.documentElement.scrollWidth - window.innerWidth'
  await expect.poll(() => page.evaluate<number>(excess), { timeout: 10_000 }).toBeLessThanOrEqual(0)
  await expect.poll(() => violations(page, 'main'), { message: platform.label, timeout: 20_000 }).toEqual([])
  await page.screenshot({ path: join(SCREENSHOTS, `error-${platform.id}-narrow-dark.png`), fullPage: true })
  await page.emulateMedia({ colorScheme: 'light' })
  if (wide !== null) await page.setViewportSize(wide)
}

/** The field is marked, tells what is wrong with it, and the message above has the focus. */
export async function expectField(table: Table, fault: FieldFault): Promise<void> {
  const { page, platform } = table
  const about = `${platform.label}: ${fault.name}`
  const secrets = await tryOut(table, fault)
  const field = platform.fields.find(({ label }) => label === fault.field)
  if (field === undefined) throw new Error(`${about}: no field ${fault.field}`)
  const input = inputOf(page, field)
  await page.getByLabel('Connection name').waitFor()
  expect.soft(await descriptionOf(page, input), about).toContain(fault.says)
  expect.soft(await input.getAttribute('aria-invalid'), about).toBe('true')
  const face = await faceOf(page)
  expect.soft(face.isFocused, `${about}: led to the message`).toBe(true)
  for (const secret of secrets) expect(face.alert.includes(secret), `${about}: shows a secret`).toBe(false)
}
