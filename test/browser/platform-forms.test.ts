import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { registryPlatforms } from '../../src/app/registry-platforms.ts'
import { type RegistryPlatform, registryPlatform } from '../../src/contract/index.ts'
import { violations } from './axe.ts'
import { harness, SCREENSHOTS, SLOW, title } from './harness.ts'

const { open, serve } = harness()

/** As the API gives them: what its schema does not know is left out. */
const platforms: RegistryPlatform[] = registryPlatforms.map(({ description }) =>
  registryPlatform.parse({ ...description }),
)

const WIDTHS = { narrow: 360, middle: 1280 } as const

async function serveAll() {
  const api = await serve()
  api.world.platforms = platforms
  return api
}

describe('the form of every platform, from its description alone', () => {
  it(
    'is chosen from the dropdown by keyboard, and changes with the choice without keeping what was typed',
    async () => {
      const api = await serveAll()
      const page = await open(api, '/settings/registry-connections/new')
      const select = page.getByRole('combobox', { name: 'Platform' })
      await select.focus()
      await page.keyboard.press('ArrowDown')
      expect(await page.getByRole('option').allInnerTexts()).toEqual(platforms.map(({ label }) => label))
      await page.getByRole('option', { name: platforms.at(-1)?.label ?? '', exact: true }).waitFor()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      await expect.poll(() => new URL(page.url()).search).toMatch(/platform=/)
      await page.close()
    },
    SLOW,
  )

  it.each(platforms.map((platform) => [platform.label, platform] as const))(
    '%s: labels, help, required marks, permissions, policy and guide, in every theme and width',
    async (_label, platform) => {
      const api = await serveAll()
      const page = await open(api, `/settings/registry-connections/new?platform=${platform.id}`)
      await title(page, 'Add Connection').waitFor()
      await page.getByText('How this registry is reached').click()
      for (const field of platform.fields) {
        const mark = field.required ? ' *' : ''
        const input =
          field.kind === 'boolean'
            ? page.getByRole('switch', { name: field.label })
            : page.getByLabel(`${field.label}${mark}`, { exact: true })
        // A switch is drawn beside its input.
        await input.first().waitFor({ state: field.kind === 'boolean' ? 'attached' : 'visible' })
        if (field.secret) expect(await input.first().inputValue(), field.label).toBe('')
      }
      const text = await page.getByRole('main').innerText()
      for (const { help } of platform.fields) expect(text).toContain(help)
      for (const { name, why } of platform.permissions) {
        expect(text).toContain(name)
        expect(text).toContain(why)
      }
      expect(text).toContain('203.0.113.7')
      const guide = page.getByRole('link', { name: 'Guide' })
      expect(await guide.getAttribute('href')).toBe(`/${platform.docs}`)
      if (platform.policy !== null) {
        await page.getByRole('button', { name: 'Copy policy' }).click()
        expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe(platform.policy.text)
      }
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await page.reload()
        await page.getByText('How this registry is reached').click()
        for (const [size, width] of Object.entries(WIDTHS)) {
          await page.setViewportSize({ width, height: 900 })
          expect(await violations(page), `${size} ${colorScheme}`).toEqual([])
          const excess = await page.evaluate<number>(
            'document.documentElement.scrollWidth - window.innerWidth',
          )
          expect(excess, `${size} ${colorScheme}`).toBeLessThanOrEqual(0)
          const path = join(SCREENSHOTS, `form-${platform.id}-${size}-${colorScheme}.png`)
          await page.screenshot({ path, fullPage: true })
        }
      }
      await page.getByRole('button', { name: 'Next' }).click()
      const missing = platform.fields.filter((field) => field.required && field.kind !== 'boolean')
      for (const { label } of missing) await page.getByText(`${label} is required.`).waitFor()
      await page.close()
    },
    SLOW,
  )
})
