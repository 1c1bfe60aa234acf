import type { ImageListing } from '../../../src/test-support/image-builder/index.ts'

interface ComposerPackage {
  readonly name: string
  readonly version: string
  readonly license?: unknown
  readonly require?: Readonly<Record<string, string>>
}

function lock(packages: readonly ComposerPackage[], dev: readonly ComposerPackage[] = []): string {
  return JSON.stringify({ 'content-hash': '0', packages, 'packages-dev': dev }, null, 4)
}

function installed(packages: readonly ComposerPackage[]): string {
  return JSON.stringify({ packages, dev: false, 'dev-package-names': [] }, null, 4)
}

const kernel: ComposerPackage = {
  name: 'symfony/http-kernel',
  version: 'v5.4.19',
  license: ['MIT'],
  require: { php: '>=7.2.5', 'ext-json': '*', 'psr/log': '^1|^2' },
}
const all: readonly ComposerPackage[] = [
  kernel,
  { name: 'psr/log', version: '2.0.0' },
  { name: 'Twig/Twig', version: 'v3.4.2' },
  { name: 'guzzlehttp/psr7', version: '1.9.0' },
  { name: 'acme/dev', version: 'dev-main' },
  { name: 'acme/beta', version: '2.0.0-beta1' },
  { name: 'acme/long', version: '1.2.3.4' },
  { name: 'plain', version: '1.0' },
]

export const phpImages: Readonly<Record<string, ImageListing>> = {
  /** Lock files, which 0.44.1 reads in images; those of dependencies it leaves out. */
  'php-lock': {
    layers: [
      {
        files: {
          'app/composer.json': '{"require": {"symfony/http-kernel": "^5.4"}}',
          'app/composer.lock': lock(all, [{ name: 'phpunit/phpunit', version: '9.0.0' }]),
          'app/vendor/acme/dev/composer.lock': lock([kernel]),
          'broken/composer.lock': '{"packages": [',
          'empty/composer.lock': '{}',
          'twice/composer.lock': lock([kernel, kernel]),
        },
      },
    ],
  },
  /** What Composer 2 installed, which Trivy reads since 0.53. */
  'php-installed': { layers: [{ files: { 'app/vendor/composer/installed.json': installed(all) } }] },
}
