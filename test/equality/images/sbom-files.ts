import type { ImageListing } from '../../../src/test-support/image-builder/index.ts'

const spdxPackage = (name: string, versionInfo: string, purl: string): object => ({
  name,
  SPDXID: `SPDXRef-${name}`,
  versionInfo,
  downloadLocation: 'NONE',
  licenseConcluded: 'NOASSERTION',
  licenseDeclared: 'NONE',
  copyrightText: 'NOASSERTION',
  externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }],
})
const spdx = (name: string, packages: readonly object[]): string =>
  JSON.stringify({
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name,
    documentNamespace: `https://example.com/${name}`,
    creationInfo: { creators: ['Tool: test'], created: '2024-01-01T00:00:00Z' },
    packages,
    relationships: [],
  })
const library = (name: string, version: string | undefined, purl: string, path?: string): object => ({
  'bom-ref': purl,
  type: 'library',
  name,
  version,
  purl,
  ...(path === undefined ? {} : { properties: [{ name: 'aquasecurity:trivy:FilePath', value: path }] }),
})
const cyclonedx = (...components: readonly object[]): string =>
  JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.4',
    serialNumber: 'urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79',
    version: 1,
    metadata: { timestamp: '2024-01-01T00:00:00+00:00' },
    components,
    dependencies: [],
  })

export const sbomFileImages: Readonly<Record<string, ImageListing>> = {
  'sbom-files': {
    layers: [
      {
        files: {
          'app/bom.cdx.json': cyclonedx(
            library('lodash', '4.17.4', 'pkg:npm/lodash@4.17.4', 'app/node_modules/lodash/package.json'),
            library('minimist', '1.2.5', 'pkg:npm/minimist@1.2.5', 'app/node_modules/minimist/package.json'),
          ),
          'broken.spdx.json': '{',
          'readme.cdx': 'This is no SBOM.',
        },
      },
    ],
  },
  /** Components without a version: Trivy looks none of them up since 0.51. */
  'sbom-files-no-versions': {
    layers: [
      {
        files: {
          'app/bom.cdx.json': cyclonedx(
            {
              group: 'org.acme',
              ...library('ranged', undefined, 'pkg:maven/org.acme/ranged', 'app/lib/ranged.jar'),
            },
            library('minimist', undefined, 'pkg:npm/minimist', 'app/node_modules/minimist/package.json'),
            library('rack', undefined, 'pkg:gem/rack', 'app/specifications/rack.gemspec'),
          ),
        },
      },
    ],
  },
  /** Bitnami's components have a driver of their own since Trivy 0.45. */
  'sbom-files-bitnami': {
    layers: [
      {
        files: {
          'opt/bitnami/redis/.spdx-redis.spdx': spdx('redis', [
            spdxPackage('redis', '7.0.8-2', 'pkg:bitnami/redis@7.0.8-2?arch=amd64&distro=debian-11'),
          ]),
          'opt/bitnami/wait-for-port/.spdx-wait-for-port.spdx': spdx('wait-for-port', [
            spdxPackage(
              'wait-for-port',
              '1.0.6-1',
              'pkg:bitnami/wait-for-port@1.0.6-1?arch=amd64&distro=debian-11',
            ),
          ]),
        },
      },
    ],
  },
}
