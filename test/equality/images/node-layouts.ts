import type { ImageListing } from '../../../src/test-support/image-builder/index.ts'
import { packageJson } from '../../../src/test-support/package-databases.ts'

const store = 'root/.local/share/pnpm/store/v3/files/00/0123'
const virtual = 'app/node_modules/.pnpm'

export const nodeLayoutImages: Readonly<Record<string, ImageListing>> = {
  /** pnpm: packages in a virtual store, links to them; hard links into the store where both are in one layer. */
  'node-pnpm': {
    layers: [
      {
        files: {
          'app/package.json': packageJson('app', '1.0.0'),
          'app/pnpm-lock.yaml':
            "lockfileVersion: '6.0'\npackages:\n  /semver@7.5.1:\n    resolution: {integrity: sha512-x}\n",
          [`${virtual}/lodash@4.17.4/node_modules/lodash/package.json`]: packageJson('lodash', '4.17.4'),
          [`${virtual}/a@1.0.0/node_modules/a/package.json`]: packageJson('a', '1.0.0'),
          [`${virtual}/a@1.0.0/node_modules/lodash`]: {
            type: 'symlink',
            target: '../../lodash@4.17.4/node_modules/lodash',
          },
          'app/node_modules/a': { type: 'symlink', target: '.pnpm/a@1.0.0/node_modules/a' },
          [store]: packageJson('minimist', '1.2.5'),
          [`${virtual}/minimist@1.2.5/node_modules/minimist/package.json`]: {
            type: 'hardlink',
            target: store,
          },
          'app/node_modules/.modules.yaml': 'layoutVersion: 5\n',
        },
      },
    ],
  },
  /** npm and yarn: bundled packages, workspaces linked in, lock files, Plug'n'Play. */
  'node-bundled': {
    layers: [
      {
        files: {
          'usr/local/lib/node_modules/npm/package.json': packageJson('npm', '9.5.1', {
            bundleDependencies: ['semver'],
            workspaces: ['docs', 'workspaces/*'],
          }),
          'usr/local/lib/node_modules/npm/node_modules/semver/package.json': packageJson('semver', '7.5.1'),
          'usr/local/lib/node_modules/npm/node_modules/lodash/package.json': {
            content: packageJson('lodash', '4.17.20'),
            mode: 0o755,
          },
          'opt/yarn-v1.22.19/package.json': packageJson('yarn', '1.22.19'),
          'app/package.json': packageJson('app', '1.0.0', { workspaces: ['packages/*'] }),
          'app/packages/b/package.json': packageJson('@acme/b', '0.0.0'),
          'app/node_modules/@acme/b': { type: 'symlink', target: '../../packages/b' },
          'app/node_modules/.package-lock.json':
            '{"lockfileVersion":3,"packages":{"node_modules/minimist":{"version":"1.2.5"}}}',
          'app/package-lock.json':
            '{"lockfileVersion":3,"packages":{"node_modules/minimist":{"version":"1.2.5"}}}',
          'app/yarn.lock': 'minimist@^1.2.5:\n  version "1.2.5"\n',
          'berry/.yarn/cache/minimist-npm-1.2.5.zip': 'PK',
          'berry/.pnp.cjs': '/* minimist 1.2.5 */',
        },
      },
    ],
  },
}
