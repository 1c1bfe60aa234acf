import { gunzipSync } from 'node:zlib'
import type { ImageListing, LayerListing } from '../../../src/test-support/image-builder/index.ts'
import { packageJson } from '../../../src/test-support/package-databases.ts'
import { type RpmRow, rpmBerkeley, rpmNdb, rpmSqlite } from '../../../src/test-support/rpm-databases/index.ts'
import { fixture } from '../fixtures.ts'

const rocky9 = { 'etc/rocky-release': 'Rocky Linux release 9.3 (Blue Onyx)\n' }
const vendor = 'Rocky Enterprise Software Foundation'

/** Whatever a header can leave out or say twice. */
const rows: readonly RpmRow[] = [
  {
    name: 'rpmdb-plain',
    version: '2.34',
    release: '83.el9',
    source: 'rpmdb-source-2.34-83.el9.src.rpm',
    vendor,
  },
  { name: 'rpmdb-epoch', version: '3.0.7', release: '25.el9_3', epoch: 1, vendor, license: 'ASL 2.0' },
  { name: 'rpmdb-noarch', version: '1.0', release: '1.el9', arch: 'noarch', vendor },
  { name: 'rpmdb-none', version: '1.0', release: '1.el9', arch: null, source: null, vendor },
  { name: 'rpmdb-odd-source', version: '1.0', release: '1.el9', source: 'no source', vendor },
  {
    name: 'gpg-pubkey',
    version: '350d275d',
    release: '6279464b',
    arch: null,
    source: '(none)',
    license: 'pubkey',
  },
  {
    name: 'gpg-pubkey',
    version: '8483c65d',
    release: '5ccc5b19',
    arch: null,
    source: '(none)',
    license: 'pubkey',
  },
  { name: 'rpmdb-tilde', version: '1.0~rc1', release: '1.el9', vendor },
  { name: 'RpmDB-Upper_Case+', version: '1.0', release: '1.el9', vendor },
  {
    name: 'rpmdb-module',
    version: '18.19.0',
    release: '1.module+el9',
    epoch: 1,
    modularityLabel: 'nodejs:18:9030020240101000000:rhel9',
    vendor,
    files: ['/usr/lib/node_modules/npm/package.json', '/usr/lib/node_modules/npm/index.js'],
  },
  {
    name: 'rpmdb-third-party',
    version: '2.0',
    release: '1',
    vendor: 'Acme GmbH',
    files: ['/opt/acme/node_modules/acme/package.json'],
  },
]

const many: readonly RpmRow[] = Array.from({ length: 100 }, (_, index) => ({
  name: `rpmdb-plain-${index}`,
  version: '1.0',
  vendor,
  files: Array.from({ length: 100 }, (_file, at) => `/usr/share/rpmdb/${index}/${at}`),
}))

/** Of these two packages of npm one is owned by the distribution's package, the other by a third party's. */
const npm: LayerListing['files'] = {
  'usr/lib/node_modules/npm/package.json': packageJson('npm', '10.2.3'),
  'opt/acme/node_modules/acme/package.json': packageJson('acme', '1.0.0'),
  'srv/app/node_modules/mine/package.json': packageJson('mine', '1.0.0'),
}

function rocky(path: string, database: Uint8Array): ImageListing {
  return { layers: [{ files: { ...rocky9, ...npm, [path]: database } }] }
}

export const rpmDatabaseImages: Readonly<Record<string, ImageListing>> = {
  'rpm-sqlite': rocky('var/lib/rpm/rpmdb.sqlite', rpmSqlite(rows)),
  'rpm-ndb': rocky('usr/lib/sysimage/rpm/Packages.db', rpmNdb(rows)),
  'rpm-berkeley': rocky('var/lib/rpm/Packages', rpmBerkeley(rows)),

  /** Made by rpm and by Berkeley DB themselves. */
  'rpm-sqlite-real': rocky('var/lib/rpm/rpmdb.sqlite', gunzipSync(fixture('rpm/rpmdb.sqlite.gz'))),
  'rpm-berkeley-real': rocky('var/lib/rpm/Packages', gunzipSync(fixture('rpm/Packages.gz'))),
  'rpm-berkeley-big-endian': rocky('var/lib/rpm/Packages', gunzipSync(fixture('rpm/Packages-big-endian.gz'))),

  /** A database under another kind's name is what it is. */
  'rpm-other-name': rocky('usr/lib/sysimage/rpm/Packages', rpmSqlite(rows)),

  /** Cut in the middle: nothing of it is taken, all else of the image is. */
  'rpm-damaged': {
    layers: [
      {
        files: {
          ...rocky9,
          ...npm,
          'var/lib/rpm/rpmdb.sqlite': rpmSqlite(many).subarray(0, 30 * 4096 + 100),
          'usr/lib/sysimage/rpm/Packages.db': rpmNdb(rows.slice(0, 2)),
        },
      },
    ],
  },

  /** The file of the upper layer replaces the lower; what did not change keeps its layer. */
  'rpm-upgraded': {
    layers: [
      { files: { ...rocky9, 'var/lib/rpm/rpmdb.sqlite': rpmSqlite(rows) } },
      {
        files: {
          'var/lib/rpm/rpmdb.sqlite': rpmSqlite([
            { name: 'rpmdb-plain', version: '2.34', release: '100.el9', vendor },
            { name: 'rpmdb-noarch', version: '1.0', release: '1.el9', arch: 'noarch', vendor },
          ]),
        },
      },
    ],
  },

  /** CoreOS keeps its database elsewhere. */
  'rpm-core-os': rocky('usr/share/rpm/rpmdb.sqlite', rpmSqlite(rows.slice(0, 2))),

  /** Amazon's own packages may name no vendor. */
  'rpm-no-vendor': rocky(
    'var/lib/rpm/rpmdb.sqlite',
    rpmSqlite([
      {
        name: 'rpmdb-vendorless',
        version: '1.0',
        release: '1.amzn2',
        files: ['/srv/app/node_modules/mine/package.json'],
      },
    ]),
  ),

  /** After a release: `^`. */
  'rpm-caret': rocky(
    'var/lib/rpm/rpmdb.sqlite',
    rpmSqlite([{ name: 'rpmdb-caret', version: '1.0^git5', release: '1.el9', vendor }]),
  ),

  /** Distroless: the list in place of a database. */
  'rpm-manifest': {
    layers: [
      {
        files: {
          ...rocky9,
          'var/lib/rpmmanifest/container-manifest-2': [
            'rpmdb-plain\t2.34-83.el9\t1700000000\t1700000000\tRocky\t(none)\t1000\tx86_64\t0\trpmdb-source-2.34-83.el9.src.rpm\n',
            'rpmdb-epoch\t3.0.7-25.el9_3\t1700000000\t1700000000\tRocky\t(none)\t1000\tx86_64\t1\trpmdb-epoch-3.0.7-25.el9_3.src.rpm\n',
          ].join(''),
        },
      },
    ],
  },
}
