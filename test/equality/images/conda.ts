import type { ImageListing } from '../../../src/test-support/image-builder/index.ts'

const meta = 'opt/conda/envs/science/conda-meta'

function record(name: string, version: string, fields: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ build: 'h5eee18b_0', name, version, files: [`lib/${name}`], ...fields })
}

export const condaImages: Readonly<Record<string, ImageListing>> = {
  /** An environment, the base environment, records that are none; a Python package of conda is Python's too. */
  conda: {
    layers: [
      {
        files: {
          [`${meta}/openssl-1.1.1q-h7f8727e_0.json`]: record('openssl', '1.1.1q', { license: 'OpenSSL' }),
          [`${meta}/pip-22.2.2-py38h06a4308_0.json`]: record('pip', '22.2.2', { license: 'MIT and BSD' }),
          [`${meta}/_libgcc_mutex-0.1-main.json`]: record('_libgcc_mutex', '0.1'),
          [`${meta}/history`]: '==> 2023-01-01 <==',
          [`${meta}/broken-1-0.json`]: '{"name": "broken"',
          [`${meta}/nameless-1-0.json`]: '{"version": "1"}',
          [`${meta}/typed-1-0.json`]: record('typed', '1', { license: 1 }),
          [`${meta}/case-1-0.json`]: '{"NAME": "case", "Version": "1"} and more',
          [`${meta}/short-1.json`]: record('short', '1'),
          'opt/conda/conda-meta/openssl-1.1.1q-h7f8727e_0.json': record('openssl', '1.1.1q'),
          'opt/conda/envs/science/lib/python3.8/site-packages/django-3.2.18.dist-info/METADATA':
            'Name: Django\nVersion: 3.2.18\n',
          'environment.yml': 'dependencies:\n  - django=3.2.18\n',
        },
      },
      {
        files: { [`${meta}/openssl-1.1.1w-h7f8727e_0.json`]: record('openssl', '1.1.1w') },
        whiteouts: [`${meta}/openssl-1.1.1q-h7f8727e_0.json`],
      },
    ],
  },
}
