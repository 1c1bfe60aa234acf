import type { Difference } from '../../equality/compare.ts'
import type { Exception } from '../exception.ts'

const trivy = '0.44.1'

function isAbout(vulnerability: RegExp): Exception['covers'] {
  return ({ row }) => 'vulnerability' in row && vulnerability.test(row.vulnerability)
}

function isNaming({ row }: Difference): boolean {
  return 'os' in row || 'purl' in row
}

function isFinding({ row }: Difference): boolean {
  return 'vulnerability' in row
}

/** Operating systems: what came to Trivy after 0.44.1. */
export const familyExceptions: readonly Exception[] = [
  {
    images: ['wolfi', 'chainguard', 'mariner-2.0'],
    trivy,
    rule: 'A package URL has the type of its package database (apk, rpm), not the name of the system.',
    source: 'Trivy 0.53, aquasecurity/trivy#6955: "add missed os types"',
    covers: ({ row }) => 'purl' in row,
  },
  {
    images: ['suse-sles-15.5', 'opensuse-leap-15.5', 'opensuse-tumbleweed'],
    trivy,
    rule: "SUSE's systems are called sles, opensuse-leap and opensuse-tumbleweed; their package URLs name suse and opensuse.",
    source: 'Trivy 0.58, aquasecurity/trivy#7965: "Align SUSE/OpenSUSE OS Identifiers"',
    covers: isNaming,
  },
  {
    images: ['minimos', 'centos-stream-9', 'suse-sle-micro-5.3', 'azurelinux-3.0', 'echo'],
    trivy,
    rule: 'MinimOS, CentOS Stream, SLE Micro, Azure Linux and Echo are recognised.',
    source: 'Trivy 0.54 (Azure Linux, #7186), 0.56 (SLE Micro, #7294), 0.63 (MinimOS, #8792; Echo, #8833), 0.69 (CentOS Stream, #9964)',
    covers: isNaming,
  },
  {
    images: ['minimos', 'suse-sle-micro-5.3', 'azurelinux-3.0', 'echo', 'opensuse-tumbleweed'],
    trivy,
    rule: 'The advisories of MinimOS, SLE Micro, Azure Linux, Echo and openSUSE Tumbleweed are read.',
    source: 'The versions that recognise them; Tumbleweed: Trivy 0.54, aquasecurity/trivy#6965: "add openSUSE tumbleweed detection and scanning"',
    covers: ({ side, row }) => side === 'portolan' && 'vulnerability' in row,
  },
  {
    images: ['amazon-2022'],
    trivy,
    rule: 'Of a release such as 2022.0.20221019 of Amazon Linux the year counts.',
    source: 'Trivy 0.50, aquasecurity/trivy#6295: "check only major version of AL to find advisories"',
    covers: ({ side, row }) => side === 'portolan' && 'vulnerability' in row,
  },
  {
    images: ['rocky-8-modular'],
    trivy,
    rule: "Rocky's modular packages are looked up under their stream.",
    source: 'Trivy 0.69, aquasecurity/trivy#10069: "enable modular package vulnerability detection"',
    covers: isAbout(/^CVE-2024-81008$/),
  },
  {
    images: ['oracle-8', 'oracle-8-fips'],
    trivy,
    rule: "Oracle's certified builds (fips) are compared with their like only.",
    source: 'Trivy 0.58, aquasecurity/trivy#7858: "add `flavors` support"',
    covers: isAbout(/^CVE-2024-8200[68]$/),
  },
  {
    images: ['oracle-8-arches'],
    trivy,
    rule: "Oracle's statements hold for the architectures that they name.",
    source: 'Trivy 0.59, aquasecurity/trivy#4809: "add architectures support for advisories"',
    covers: isAbout(/^CVE-2024-82010$/),
  },
  {
    images: ['redhat-8-plain', 'redhat-8-content-sets', 'redhat-8-with-apk'],
    trivy,
    rule: 'Of the statements of Red Hat on one CVE the one with the latest fix decides: one without a fix does not stand beside it.',
    source: 'Trivy 0.59, aquasecurity/trivy#8063: "correct rewriting of recommendations for the same vulnerability"',
    covers: isAbout(/^CVE-2024-80011$/),
  },
  {
    images: ['redhat-8-content-sets-below'],
    trivy,
    rule: 'Red Hat: layers on top take over the build information of the lowest layer, too.',
    source: 'Trivy 0.63, aquasecurity/trivy#8924: "Also try to find buildinfo in root layer (layer 0)"',
    covers: isFinding,
  },
  {
    images: ['redhat-8-third-party', 'debian-12-third-party'],
    trivy,
    rule: 'Packages that others built are not looked up in a distribution’s advisories.',
    source: 'Trivy 0.69 (dpkg, aquasecurity/trivy#9932) and 0.70 (all, aquasecurity/trivy#10129): "skip third-party packages"',
    covers: ({ side, row }) => side === 'trivy' && 'vulnerability' in row,
  },
  {
    images: ['debian-12-third-party-files'],
    trivy,
    rule: 'Language packages among the files of what others built count for themselves.',
    source: 'Trivy 0.69, aquasecurity/trivy#9932: "skip vulnerability scanning for third-party packages in Debian/Ubuntu"',
    covers: ({ side, row }) =>
      side === 'portolan' &&
      (('path' in row && row.path === 'usr/lib/node_modules/minimist/package.json') ||
        ('purl' in row && row.purl === 'pkg:npm/minimist@1.2.5')),
  },
  {
    images: ['debian-12-root-io', 'alpine-3.18-root-io'],
    trivy,
    rule: 'Where Root.io rebuilt packages its statements are read over those of the distribution, whose statuses then do not count.',
    source: 'Trivy 0.64, aquasecurity/trivy#9073: "add Root.io support for container image scanning"',
    covers: isAbout(/^CVE-2024-9600[13567]$/),
  },
  {
    images: ['debian-12-seal', 'redhat-9-seal'],
    trivy,
    rule: "Seal's packages are looked up in its statements.",
    source: 'Trivy 0.67, aquasecurity/trivy#9370: "add seal support"',
    covers: isAbout(/^CVE-2024-9600[89]$/),
  },
  {
    images: ['npm-seal', 'ruby-seal'],
    trivy,
    rule: 'Libraries that Seal patched are looked up in its statements: by name, or by a version where it states something on the package.',
    source: 'Trivy 0.71, aquasecurity/trivy#10297: "add vendor support for language file detection"; 0.73, #10911: "detect no-prefix packages by version suffix"',
    covers: isAbout(/^CVE-2024-(?:9602[0156]|4291[23])$/),
  },
  {
    images: ['ubuntu-22.04-rapidfort', 'redhat-9-rapidfort'],
    trivy,
    rule: "RapidFort's images are looked up in its statements alone, packages of others included.",
    source: 'Trivy 0.74, aquasecurity/trivy#10452: "add RapidFort curated image scanner"',
    covers: isAbout(/^CVE-2024-9601[0-6]$/),
  },
]
