import type { Exception } from '../exception.ts'

export const rpmDatabaseExceptions: readonly Exception[] = [
  {
    images: ['rpm-core-os'],
    trivy: '0.44.1',
    rule: 'The database of rpm is read at usr/share/rpm/rpmdb.sqlite too.',
    source: 'Trivy 0.67, aquasecurity/trivy#9448: "added support for CoreOS"',
    covers: ({ side, row }) =>
      side === 'portolan' && (('name' in row && row.name.startsWith('rpmdb-')) || isAbout(row, 'rpmdb-')),
  },
  {
    images: ['rpm-no-vendor'],
    trivy: '0.44.1',
    rule: "Amazon's packages own their files though they name no vendor.",
    source: 'Trivy 0.49, aquasecurity/trivy#5951: "save system files for pkgs containing amzn in src"',
    covers: ({ side, row }) =>
      side === 'trivy' &&
      (('path' in row && row.path === 'srv/app/node_modules/mine/package.json') ||
        ('purl' in row && row.purl === 'pkg:npm/mine@1.0.0')),
  },
  {
    images: ['rpm-caret'],
    trivy: '0.44.1',
    rule: 'In a version `^` sorts after the end and before all else: 1.0 < 1.0^git5 < 1.0.1.',
    source: 'rpm itself (rpm-version(7)); Trivy since its reader of versions of August 2026 (go-rpm-version 1815e1f)',
    covers: ({ row }) => 'vulnerability' in row && row.package === 'rpmdb-caret',
  },
  {
    images: ['rpm-manifest'],
    trivy: '0.44.1',
    rule: 'The epoch of a package in container-manifest-2 counts.',
    source: 'Trivy 0.65, aquasecurity/trivy#9101: "parse epochs from rpmqa file"',
    covers: ({ row }) =>
      ('name' in row && row.name === 'rpmdb-epoch') || isAbout(row, 'rpmdb-epoch'),
  },
  {
    images: ['rpm-berkeley-big-endian'],
    trivy: '0.44.1',
    rule: 'Packages of a Berkeley DB that fit on a page with others are read.',
    source:
      'rpm lists them (test/fixtures/rpm/make.sh); the fault is in knqyf263/go-rpmdb, which takes values with pages of their own only, to this day',
    covers: ({ side, row }) =>
      side === 'portolan' ||
      ('path' in row && row.path === 'usr/lib/node_modules/npm/package.json') ||
      ('purl' in row && row.purl.startsWith('pkg:npm/npm@')),
  },
]

function isAbout(row: Parameters<Exception['covers']>[0]['row'], name: string): boolean {
  if ('vulnerability' in row) return row.package.startsWith(name)
  return 'purl' in row && row.purl.startsWith(`pkg:rpm/rocky/${name}`)
}
