import type { Locator, Page } from 'playwright-core'
import type { PlatformField, RegistryPlatform } from '../../../src/contract/index.ts'

type Values = Readonly<Record<string, string | boolean>>

/** What a person has before them after a check that failed. */
export interface Face {
  /** Text of the message. */
  readonly alert: string
  /** Whether the focus is on the message. */
  readonly isFocused: boolean
  /** State of each step, in order. */
  readonly steps: readonly string[]
  /** All that is on the page, with what does not show. */
  readonly html: string
}

const READ_FACE = `(() => {
  const alert = document.querySelector('main [role="alert"]')
  return {
    alert: alert?.innerText ?? '',
    isFocused: alert !== null && document.activeElement === alert,
    steps: [...document.querySelectorAll('[aria-label="Connection check"] > li')].map((line) => line.dataset.state),
    html: document.body.innerHTML,
  }
})()`

export const faceOf = (page: Page): Promise<Face> => page.evaluate<Face>(READ_FACE)

export const alertOf = (page: Page) => page.getByRole('main').getByRole('alert')

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

export function inputOf(page: Page, { kind, label }: Pick<PlatformField, 'kind' | 'label'>) {
  if (kind === 'boolean') return page.getByRole('switch', { name: label })
  return page.getByLabel(new RegExp(`^${escaped(label)}( \\*)?$`)).first()
}

/** What belongs to an input by its own word, as a screen reader says it: help, and what is wrong. */
export async function descriptionOf(page: Page, input: Locator): Promise<string> {
  const ids = ((await input.getAttribute('aria-describedby')) ?? '').split(' ').filter((id) => id !== '')
  const texts = await Promise.all(ids.map((id) => page.locator(`[id="${id}"]`).innerText()))
  return texts.join(' ')
}

/** Fills the form of a platform; what it held before is known, so that only what changes is typed. */
export class Person {
  readonly #page: Page
  readonly #platform: RegistryPlatform
  #held: Values

  constructor(page: Page, platform: RegistryPlatform, held: Values = {}) {
    this.#page = page
    this.#platform = platform
    this.#held = held
  }

  /** Whether the form is as it should be already. */
  has(values: Values): boolean {
    return this.#changed(values).length === 0
  }

  #changed(values: Values): readonly PlatformField[] {
    return this.#platform.fields.filter(({ name, kind }) => {
      const empty = kind === 'boolean' ? false : ''
      return (this.#held[name] ?? empty) !== (values[name] ?? empty)
    })
  }

  async enter(values: Values): Promise<void> {
    const changed = this.#changed(values)
    const way = this.#page.locator('details')
    if (changed.some(({ group }) => group === 'transport') && (await way.getAttribute('open')) === null)
      await way.locator('summary').press('Enter')
    for (const field of changed) await this.#put(field, values[field.name])
    this.#held = values
  }

  async #put(field: PlatformField, value: string | boolean | undefined): Promise<void> {
    const input = inputOf(this.#page, field)
    if (field.kind === 'boolean') await input.press('Space')
    else if (field.kind === 'select') {
      await input.click()
      // What is chosen is let go by choosing it again.
      const chosen = value ?? this.#held[field.name]
      const label = field.options?.find((option) => option.value === chosen)?.label ?? ''
      await this.#page.getByRole('option', { name: label }).click()
    } else await input.fill(String(value ?? ''))
  }

  /** From the fields to the last step, by the keyboard. */
  async goOn(): Promise<void> {
    const next = this.#page.getByRole('button', { name: 'Next' })
    await next.press('Enter')
    await this.#page.getByLabel('Latest tags of each repository').waitFor()
    await next.press('Enter')
    await this.#page.getByRole('button', { name: 'Save Connection' }).waitFor()
  }

  /** Back to the fields, from wherever the last answer has led. */
  async goBack(): Promise<void> {
    const edit = this.#page.getByRole('button', { name: 'Edit credentials' })
    if (await edit.isVisible()) await edit.press('Enter')
    else if (!(await this.#page.getByLabel('Connection name').isVisible()))
      await this.#page.locator('button.mantine-Stepper-step').nth(1).click()
    await this.#page.getByLabel('Connection name').waitFor()
  }

  /** Presses the button that checks and saves, and waits for all of the answer, which comes in lines. */
  async save(): Promise<void> {
    const answered = this.#page.waitForResponse((response) => response.url().endsWith('/check'))
    await this.#page.getByRole('button', { name: 'Save Connection' }).press('Enter')
    await answered
    await this.#page.locator('[aria-busy="true"]').waitFor({ state: 'detached' })
  }
}
