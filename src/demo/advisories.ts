import type { AdvisoryRow, DatabaseRows, DetailsRow } from '../test-support/vulnerability-database/index.ts'

/**
 * A small sample of public advisories, shortened: enough that every image of the sample registry has something to say.
 * Not a statement on real risk: severities and texts are abridged.
 */

/** `bucket | package | id | fixed version or status | severity of this package, if its source states one` */
const osRows = `
debian 12 | openssl | CVE-2023-5678 | 3.0.13-1~deb12u1
debian 12 | openssl | CVE-2024-0727 | 3.0.13-1~deb12u1
debian 12 | openssl | CVE-2023-5363 | 3.0.11-1~deb12u2
debian 12 | curl | CVE-2023-46218 | 7.88.1-10+deb12u5
debian 12 | curl | CVE-2023-38545 | 7.88.1-10+deb12u4
debian 12 | glibc | CVE-2023-6246 | 2.36-9+deb12u4
debian 12 | glibc | CVE-2023-6779 | 2.36-9+deb12u4
debian 12 | glibc | CVE-2019-1010022 | affected | LOW
debian 12 | gnutls28 | CVE-2023-5981 | 3.7.9-2+deb12u1
debian 12 | expat | CVE-2023-52425 | 2.5.0-1+deb12u1
debian 12 | perl | CVE-2023-31484 | will_not_fix
debian 12 | zlib | CVE-2023-45853 | will_not_fix
debian 12 | tar | CVE-2005-2541 | affected | LOW
debian 12 | shadow | CVE-2023-4641 | fix_deferred
debian 12 | sqlite3 | CVE-2023-7104 | affected
debian 12 | systemd | CVE-2023-50387 | 252.23-1~deb12u1
debian 11 | openssl | CVE-2023-0464 | 1.1.1n-0+deb11u5
debian 11 | openssl | CVE-2023-3446 | 1.1.1v-0~deb11u1
debian 11 | curl | CVE-2023-27536 | 7.74.0-1.3+deb11u8
debian 11 | glibc | CVE-2023-4911 | 2.31-13+deb11u7
debian 11 | expat | CVE-2023-52425 | 2.2.10-2+deb11u6
debian 11 | perl | CVE-2020-16156 | end_of_life
ubuntu 22.04 | openssl | CVE-2023-0464 | 3.0.2-0ubuntu1.9
ubuntu 22.04 | openssl | CVE-2023-2650 | 3.0.2-0ubuntu1.10
ubuntu 22.04 | glibc | CVE-2023-4911 | 2.35-0ubuntu3.4
ubuntu 22.04 | python3.10 | CVE-2023-24329 | 3.10.6-1~22.04.2ubuntu1.1
ubuntu 22.04 | gnutls28 | CVE-2023-0361 | 3.7.3-4ubuntu1.2
ubuntu 22.04 | tar | CVE-2023-39804 | affected
alpine 3.18 | openssl | CVE-2023-5363 | 3.1.4-r0
alpine 3.18 | openssl | CVE-2023-5678 | 3.1.4-r1
alpine 3.18 | busybox | CVE-2022-48174 | 1.36.1-r1
alpine 3.18 | busybox | CVE-2023-42363 | 1.36.1-r7
alpine 3.18 | zlib | CVE-2023-45853 | 0
alpine 3.19 | openssl | CVE-2024-2511 | 3.1.4-r6
`

const npm = 'npm::GitHub Security Advisory npm'

const npmRows: readonly AdvisoryRow[] = [
  {
    bucket: npm,
    package: 'lodash',
    id: 'CVE-2021-23337',
    vulnerableVersions: ['<4.17.21'],
    patchedVersions: ['4.17.21'],
    vendorIds: ['GHSA-35jh-r3h4-6jhm'],
  },
  {
    bucket: npm,
    package: 'minimist',
    id: 'CVE-2021-44906',
    vulnerableVersions: ['>=1.0.0, <1.2.6', '<0.2.4'],
    patchedVersions: ['1.2.6', '0.2.4'],
    vendorIds: ['GHSA-xvch-5gv4-984h'],
  },
  {
    bucket: npm,
    package: 'qs',
    id: 'CVE-2022-24999',
    vulnerableVersions: ['>=6.7.0, <6.7.3', '>=6.5.0, <6.5.3'],
    patchedVersions: ['6.7.3', '6.5.3'],
    vendorIds: ['GHSA-hrpp-h998-j3pp'],
  },
  {
    bucket: npm,
    package: 'express',
    id: 'CVE-2024-29041',
    vulnerableVersions: ['<4.19.2'],
    patchedVersions: ['4.19.2'],
    vendorIds: ['GHSA-rv95-896h-c2vc'],
  },
  {
    bucket: npm,
    package: 'jsonwebtoken',
    id: 'CVE-2022-23529',
    vulnerableVersions: ['<=8.5.1'],
    patchedVersions: ['9.0.0'],
    vendorIds: ['GHSA-27h2-hvpr-p74q'],
  },
]

/** `id | severity | title` */
const detailRows = `
CVE-2005-2541 | LOW | tar: does not warn when extracting setuid files
CVE-2019-1010022 | CRITICAL | glibc: stack guard protection bypass
CVE-2020-16156 | HIGH | perl: bypass of signature verification in CPAN
CVE-2021-23337 | HIGH | lodash: command injection through template
CVE-2021-44906 | CRITICAL | minimist: prototype pollution
CVE-2022-23529 | HIGH | jsonwebtoken: insecure input validation
CVE-2022-24999 | HIGH | qs: denial of service through prototype poisoning
CVE-2022-48174 | CRITICAL | busybox: stack overflow in ash
CVE-2023-0361 | HIGH | gnutls: timing side channel in RSA ClientKeyExchange
CVE-2023-0464 | HIGH | openssl: denial of service in policy checks
CVE-2023-24329 | HIGH | python: urllib.parse blocklist bypass
CVE-2023-2650 | MEDIUM | openssl: slow translation of ASN.1 object identifiers
CVE-2023-27536 | MEDIUM | curl: GSS delegation too eager connection re-use
CVE-2023-31484 | HIGH | perl: CPAN.pm does not verify TLS certificates
CVE-2023-3446 | MEDIUM | openssl: excessive time checking DH keys
CVE-2023-38545 | CRITICAL | curl: heap overflow in the SOCKS5 proxy handshake
CVE-2023-39804 | LOW | tar: incorrectly handled extension attributes
CVE-2023-42363 | MEDIUM | busybox: use after free in xasprintf
CVE-2023-45853 | CRITICAL | zlib: integer overflow in MiniZip
CVE-2023-46218 | MEDIUM | curl: information disclosure by mixed-case cookie domains
CVE-2023-4641 | MEDIUM | shadow: possible password leak during passwd change
CVE-2023-4911 | HIGH | glibc: buffer overflow in ld.so, "Looney Tunables"
CVE-2023-50387 | HIGH | DNSSEC: CPU exhaustion, "KeyTrap"
CVE-2023-52425 | HIGH | expat: denial of service by large tokens
CVE-2023-5363 | HIGH | openssl: wrong cipher key and IV length processing
CVE-2023-5678 | MEDIUM | openssl: excessive time generating X9.42 DH keys
CVE-2023-5981 | MEDIUM | gnutls: timing side channel in RSA-PSK
CVE-2023-6246 | HIGH | glibc: heap overflow in __vsyslog_internal
CVE-2023-6779 | HIGH | glibc: off-by-one heap overflow in __vsyslog_internal
CVE-2023-7104 | HIGH | sqlite: heap overflow in the session extension
CVE-2024-0727 | MEDIUM | openssl: denial of service by a malformed PKCS12 file
CVE-2024-2511 | MEDIUM | openssl: unbounded memory growth with TLSv1.3 sessions
CVE-2024-29041 | MEDIUM | express: open redirect by malformed URLs
`

const dataSources = [
  ...['11', '12'].map((release) => ({
    bucket: `debian ${release}`,
    id: 'debian',
    name: 'Debian Security Tracker',
    url: 'https://salsa.debian.org/security-tracker-team/security-tracker',
  })),
  {
    bucket: 'ubuntu 22.04',
    id: 'ubuntu',
    name: 'Ubuntu CVE Tracker',
    url: 'https://git.launchpad.net/ubuntu-cve-tracker',
  },
  ...['3.18', '3.19'].map((release) => ({
    bucket: `alpine ${release}`,
    id: 'alpine',
    name: 'Alpine Secdb',
    url: 'https://secdb.alpinelinux.org/',
  })),
  {
    bucket: npm,
    id: 'ghsa',
    name: 'GitHub Security Advisory npm',
    url: 'https://github.com/advisories?query=type%3Areviewed+ecosystem%3Anpm',
  },
]

const statuses = ['affected', 'will_not_fix', 'fix_deferred', 'end_of_life'] as const
const severities = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const

const cells = (table: string): string[][] =>
  table
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))

function osAdvisory([bucket = '', name = '', id = '', fix = '', own]: string[]): AdvisoryRow {
  const status = statuses.find((word) => word === fix)
  const severity = severities.find((word) => word === own)
  return {
    bucket,
    package: name,
    id,
    ...(status === undefined ? { fixedVersion: fix } : { status }),
    ...(severity === undefined ? {} : { severity }),
  }
}

function details([id = '', word, title = '']: string[]): DetailsRow {
  const severity = severities.find((known) => known === word) ?? 'LOW'
  const year = id.slice(4, 8)
  return {
    id,
    title,
    description: `${title}. A sample record of the demo: the sources below have the whole story.`,
    severity,
    vendorSeverity: { nvd: severity, ghsa: severity },
    references: [`https://nvd.nist.gov/vuln/detail/${id}`, `https://www.cve.org/CVERecord?id=${id}`],
    publishedDate: `${year}-11-01T00:00:00Z`,
    lastModifiedDate: `${year}-12-01T00:00:00Z`,
  }
}

export const sampleRows: DatabaseRows = {
  advisories: [...cells(osRows).map(osAdvisory), ...npmRows],
  details: cells(detailRows).map(details),
  dataSources,
}
