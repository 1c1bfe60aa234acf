import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { expectEachFace } from './each-face.ts'
import { harness, SCREENSHOTS, SLOW } from './harness.ts'
import { pick } from './menu.ts'

const { open, serve } = harness()

const vexFile = (name: string) => ({
  name,
  mimeType: 'application/json',
  buffer: Buffer.from('{"@context":"https://openvex.dev/ns/v0.2.0","statements":[]}'),
})

async function upload(page: Page, button: string, name: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: button }).press('Enter')
  await (await chooser).setFiles(vexFile(name))
}

describe('the page of an image', () => {
  it(
    'gives its SBOM in both formats, by keyboard too',
    async () => {
      const api = await serve()
      const image = api.world.images.find(
        ({ platforms, scanStatus }) => platforms.length === 1 && scanStatus === 'Completed',
      )
      const name = image?.repository.path.split('/').at(-1) ?? ''
      const page = await open(api, `/images/${image?.id}`)
      const button = page.getByRole('button', { name: 'Download SBOM' })
      for (const [format, file, field] of [
        ['CycloneDX 1.6', `${name}.cdx.json`, 'bomFormat'],
        ['SPDX 2.3', `${name}.spdx.json`, 'spdxVersion'],
      ] as const) {
        const waiting = page.waitForEvent('download')
        await pick(button, format)
        const download = await waiting
        expect(download.suggestedFilename()).toBe(file)
        expect(JSON.parse(readFileSync(await download.path(), 'utf8'))).toHaveProperty(field)
      }
      await page.close()
    },
    SLOW,
  )

  it(
    'gives an SBOM of each platform',
    async () => {
      const api = await serve()
      const page = await open(api, '/images/1')
      await page.getByRole('button', { name: 'Download SBOM' }).press('Enter')
      const arm64 = page.getByRole('menuitem', { name: 'SPDX 2.3 of linux/arm64' })
      await page.getByRole('menuitem', { name: 'CycloneDX 1.6 of linux/amd64' }).waitFor()
      expect(await arm64.getAttribute('href')).toMatch(
        /^\/api\/v1\/images\/1\/sbom\?digest=sha256:[0-9a-f]{64}&format=spdx$/,
      )
      const waiting = page.waitForEvent('download')
      await arm64.click()
      expect((await waiting).suggestedFilename()).toBe('api-linux-arm64.spdx.json')
      await page.getByRole('button', { name: 'Download SBOM' }).press('Enter')
      await arm64.waitFor()
      await page.screenshot({ path: join(SCREENSHOTS, 'image-sbom-menu.png') })
      await page.close()
    },
    SLOW,
  )

  it(
    'says that there are none only when it knows',
    async () => {
      const api = await serve()
      api.failures.set('listDocuments', { status: 500, code: 'database-busy', detail: 'Too slow.' })
      const page = await open(api, '/images/1')
      const section = page
        .locator('section')
        .filter({ has: page.getByRole('heading', { name: 'VEX statements' }) })
      await section.getByRole('alert').getByText('Too slow.').waitFor()
      expect(await section.getByText(/^None\./).count()).toBe(0)
      await expectEachFace(page, 'image-documents-failed')
      api.failures.clear()
      await section.getByRole('button', { name: 'Try again' }).click()
      await section.getByText(/^None\./).waitFor()
      expect(await section.getByRole('alert').count()).toBe(0)

      const waiting = await open(api, '/settings')
      await waiting.route(/\/documents/, () => undefined)
      await waiting.goto(`${api.url}/images/1`)
      await waiting.getByRole('heading', { name: 'VEX statements' }).waitFor()
      await waiting.locator('section [aria-busy="true"]').waitFor()
      expect(await waiting.getByText(/^None\./).count()).toBe(0)
      await waiting.close()
      await page.close()
    },
    SLOW,
  )

  it(
    'takes VEX statements, lists them, deletes them, and says why one was not taken',
    async () => {
      const api = await serve()
      const page = await open(api, '/images/1')
      const section = page
        .locator('section')
        .filter({ has: page.getByRole('heading', { name: 'VEX statements' }) })
      await section.getByText(/^None\./).waitFor()
      await upload(page, 'Upload VEX', 'ours.vex.json')
      await page.getByText('3 statements now hold for this image.').waitFor()
      await section.getByText(/ours\.vex\.json openvex, 3 statements, Ada Navigator/).waitFor()
      await upload(page, 'Upload VEX', `${'a-long-name-'.repeat(14)}.json`)
      await section.getByText(/^a-long-name/).waitFor()
      await page.getByRole('alert').first().waitFor({ state: 'detached' })
      await expectEachFace(page, 'image-documents')

      const other = await open(api, '/images/2')
      await other.getByText(/^None\./).waitFor()
      await other.close()

      await section.getByRole('button', { name: 'Delete ours.vex.json' }).press('Enter')
      await section.getByText(/ours\.vex\.json/).waitFor({ state: 'detached' })

      api.failures.set('uploadDocument', {
        status: 422,
        code: 'vex-unreadable',
        detail: 'This is no VEX document.',
        remedy: 'Give OpenVEX, CycloneDX or CSAF.',
      })
      await upload(page, 'Upload VEX', 'wrong.json')
      await page.getByText('The document was not taken').waitFor()
      await page.getByText('This is no VEX document.').waitFor()
      await page.close()
    },
    SLOW,
  )

  it(
    'shows what is attached in the registry: how an SBOM compares, statements that nobody can delete here',
    async () => {
      const api = await serve()
      const page = await open(api, '/images/6')
      await page.getByText('2 not counted (VEX)').waitFor()
      const sboms = page
        .locator('section')
        .filter({ has: page.getByRole('heading', { name: 'SBOMs attached to the image' }) })
      await sboms.getByText(/SBOM attached spdx 2\.3, 310 packages, linux\/amd64, not verified/).waitFor()
      await sboms
        .getByText(
          'Names 1 package that was not found, and misses 60 packages that were found; 309 in common.',
        )
        .waitFor()
      await sboms.getByText('Found, not named: 60').press('Enter')
      await sboms.getByText('pkg:deb/debian/a-package-49@1.0-49').waitFor()
      await sboms.getByText('and 10 more').waitFor()
      expect(await sboms.getByText('pkg:npm/express@4.18.2').isVisible()).toBe(false)
      await page.getByText(/^attached to the image openvex, 2 statements/).waitFor()
      expect(await page.getByRole('button', { name: /^Delete/ }).count()).toBe(0)
      await expectEachFace(page, 'image-attached')
      await page.goto(`${api.url}/images/1`)
      await page.getByText(/^None\./).waitFor()
      expect(await page.getByText('SBOMs attached').count()).toBe(0)
      await page.close()
    },
    SLOW,
  )

  it(
    'says that the support of its operating system has ended, where it has',
    async () => {
      const api = await serve()
      const page = await open(api, '/images/9')
      await page.getByText(/debian 9\.13/).waitFor()
      await page.getByText(/^support ended/).waitFor()
      await expectEachFace(page, 'image-support-ended')
      await page.goto(`${api.url}/images/1`)
      await page.getByText(/debian 12\.5/).waitFor()
      expect(await page.getByText(/^support ended/).count()).toBe(0)
      await page.close()
    },
    SLOW,
  )
})

describe('a finding that a statement takes off the counts', () => {
  it(
    'stays in the list of the image, with who says so and why',
    async () => {
      const api = await serve()
      const stated = api.world.findings.find(({ digests }) => digests.size > 0)
      if (stated === undefined) throw new Error('the fake has no finding')
      stated.detail.vex = {
        status: 'not_affected',
        justification: 'vulnerable_code_not_in_execute_path',
        impact: 'The parser is never called.',
        author: 'Product Security',
        source: 'ours.vex.json',
      }
      const [digest] = stated.digests
      const page = await open(api, `/findings?digest=${digest}`)
      await page.getByText('1 not counted, by VEX statements on this image').waitFor()
      await page.getByText('not affected (VEX)').waitFor()
      await page.getByRole('link', { name: stated.detail.vulnerabilityId }).press('Enter')
      const drawer = page.getByRole('dialog')
      await drawer.getByText('VEX: not affected in this image').waitFor()
      await drawer.getByText('vulnerable code not in execute path: The parser is never called.').waitFor()
      await drawer.getByText('Product Security, ours.vex.json').waitFor()
      await expectEachFace(page, 'finding-vex')
      await page.close()
    },
    SLOW,
  )
})
