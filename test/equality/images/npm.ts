import type { ImageListing } from '../../../src/test-support/image-builder/index.ts'
import { dpkgStatus, packageJson } from '../../../src/test-support/package-databases.ts'

const modules = 'app/node_modules'

export const npmImages: Readonly<Record<string, ImageListing>> = {
  /** No operating system: an application on scratch, with every rule of ranges. */
  'npm-app': {
    layers: [
      {
        files: {
          'app/package.json': packageJson('@acme/app', '1.0.0', { workspaces: ['packages/*'] }),
          [`${modules}/lodash/package.json`]: packageJson('lodash', '4.17.4', { license: 'MIT' }),
          [`${modules}/a/node_modules/lodash/package.json`]: packageJson('lodash', '4.17.20'),
          [`${modules}/b/node_modules/lodash/package.json`]: packageJson('lodash', '4.17.21'),
          [`${modules}/minimist/package.json`]: packageJson('minimist', '1.2.5', {
            license: { type: 'MIT' },
          }),
          [`${modules}/JSONStream/package.json`]: packageJson('JSONStream', '1.3.5'),
          [`${modules}/@babel/traverse/package.json`]: packageJson('@babel/traverse', '7.23.0'),
          [`${modules}/semver/package.json`]: packageJson('semver', '7.5.1'),
          [`${modules}/x/node_modules/semver/package.json`]: packageJson('semver', '6.2.9'),
          [`${modules}/express/package.json`]: packageJson('express', '5.0.0-beta.1'),
          [`${modules}/odd-version/package.json`]: packageJson('odd-version', 'v1.2'),
          [`${modules}/no-record/package.json`]: packageJson('no-record', '1.0.0'),
        },
      },
    ],
  },
  /** Installed pre-releases: Trivy takes them for versions like others since 0.65. */
  'npm-prereleases': {
    layers: [
      {
        files: {
          [`${modules}/@babel/traverse/package.json`]: packageJson('@babel/traverse', '8.0.0-alpha.2'),
          [`${modules}/y/node_modules/@babel/traverse/package.json`]: packageJson(
            '@babel/traverse',
            '7.23.2-rc.1',
          ),
        },
      },
    ],
  },
  /** Files that are no package: broken, without name or version, with fields of a wrong type; and some that are, just. */
  'npm-broken-files': {
    layers: [
      {
        files: {
          'a/package.json': '{"name": "minimist", "version": "1.2.5"',
          'b/package.json': '{"name": "minimist"}',
          'c/package.json': '{"version": "1.2.5"}',
          'd/package.json': '{"name": "minimist", "version": 1}',
          'e/package.json': '{"name": "minimist", "version": "1.2.5", "dependencies": ["x"]}',
          'f/package.json': '\uFEFF{"name": "minimist", "version": "1.2.5"}',
          'g/package.json': '{"Name": "minimist", "VERSION": "1.2.5"}',
          'h/package.json': '{"name": "minimist", "version": "1.2.5"} and more',
          'i/package.json': '{"name": "minimist", "version": "1.2.5", "license": null, "dependencies": null}',
          'j/package.json': '[]',
          'k/package.json': 'null',
          'l/package.json': '',
          'm/my-package.json': packageJson('minimist', '1.2.5'),
          'n/package.json/readme': packageJson('minimist', '1.2.5'),
          'o/package.json': { type: 'symlink', target: '../i/package.json' },
          dev: { type: 'directory' },
          'dev/package.json': packageJson('minimist', '1.2.5'),
          'src/.git': { type: 'directory' },
          'src/.git/package.json': packageJson('minimist', '1.2.5'),
        },
      },
    ],
  },
  /** The root of a monorepo names its workspaces in the other way: Trivy reads it since 0.67. */
  'npm-workspaces': {
    layers: [
      {
        files: { 'app/package.json': packageJson('minimist', '1.2.5', { workspaces: { packages: ['a'] } }) },
      },
    ],
  },
  /** Where later versions of Trivy say something else than 0.44.1. */
  'npm-later-rules': {
    layers: [
      {
        files: {
          [`${modules}/twice-fixed/package.json`]: packageJson('twice-fixed', '1.2.5'),
          'template/package.json': packageJson('templates/app', '1.2.5'),
        },
      },
    ],
  },
  /** Layers over layers: replaced, deleted, deleted and put back, a folder deleted, a folder made opaque. */
  'npm-layers': {
    layers: [
      {
        files: {
          'a/package.json': packageJson('lodash', '4.17.4'),
          'b/package.json': packageJson('lodash', '4.17.4'),
          'c/package.json': packageJson('lodash', '4.17.20'),
          'd/node_modules/lodash/package.json': packageJson('lodash', '4.17.4'),
          'e/node_modules/lodash/package.json': packageJson('lodash', '4.17.4'),
          'e/node_modules/minimist/package.json': packageJson('minimist', '1.2.5'),
          'f/package.json': packageJson('lodash', '4.17.4'),
        },
      },
      {
        files: {
          'a/package.json': packageJson('lodash', '4.17.20'),
          'e/node_modules/minimist/package.json': packageJson('minimist', '1.2.5'),
        },
        whiteouts: ['b/package.json', 'c/package.json', 'd'],
        opaque: ['e/node_modules'],
      },
      { files: { 'c/package.json': packageJson('lodash', '4.17.20'), 'f/package.json': '{}' } },
    ],
  },
  /** Owned by dpkg in the same layer: dropped. Owned only by what another layer says: kept. */
  'npm-owned-by-dpkg': {
    layers: [
      {
        files: {
          'etc/debian_version': '12.4\n',
          'var/lib/dpkg/status': dpkgStatus([{ name: 'node-minimist', version: '1.2.7+~cs5.3.2-2' }]),
          'var/lib/dpkg/info/node-minimist.list':
            '/.\n/usr\n/usr/share\n/usr/share/nodejs\n/usr/share/nodejs/minimist\n/usr/share/nodejs/minimist/package.json\n/opt/late/package.json\n',
          'usr/share/nodejs/minimist/package.json': packageJson('minimist', '1.2.5'),
        },
      },
      { files: { 'opt/late/package.json': packageJson('minimist', '1.2.5') } },
    ],
  },
}
