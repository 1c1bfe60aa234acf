import { expect, it } from 'vitest'
import type { ImagePackage } from '../ports.ts'
import { writeSpdx } from './write.ts'

interface Written {
  readonly packages: readonly { readonly licenseDeclared?: string }[]
  readonly hasExtractedLicensingInfos: readonly {
    readonly licenseId: string
    readonly extractedText: string
  }[]
}

function licensed(...licenses: string[]): ImagePackage {
  const name = licenses.join()
  const common = { version: '1', path: null, layer: null, source: null, properties: [] }
  return { ...common, scope: 'language', type: 'npm', purl: `pkg:npm/a@1?l=${name}`, name, licenses }
}

it('defines each licence reference that it uses, and none of another document', () => {
  const packages = [
    licensed('LicenseRef-own'),
    licensed('MIT OR LicenseRef-other-1.0'),
    licensed('Some words'),
    licensed('MIT', 'DocumentRef-x:LicenseRef-far'),
  ]
  const subject = { name: 'a', purl: null, digests: [] }
  const contents = { subject, properties: [], os: null, osProperties: [], packages }
  const written = writeSpdx(contents, { serial: 's', time: 0, tool: '1' }) as Written
  const used = written.packages.flatMap(
    ({ licenseDeclared = '' }) => licenseDeclared.match(/\S*LicenseRef-[^ )]+/g) ?? [],
  )
  const defined = written.hasExtractedLicensingInfos.map(({ licenseId }) => licenseId)
  expect(defined).toEqual([...used].sort())
  expect(used).toHaveLength(4)
  expect(written.hasExtractedLicensingInfos.map(({ extractedText }) => extractedText).sort()).toEqual([
    'DocumentRef-x:LicenseRef-far',
    'LicenseRef-other-1.0',
    'LicenseRef-own',
    'Some words',
  ])
})
