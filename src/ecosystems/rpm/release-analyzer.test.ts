import { describe, expect, it } from 'vitest'
import { createOsReleaseAnalyzer } from '../index.ts'
import { familyOfOsRelease, releaseAnalyzer } from './release-analyzer.ts'

const read = (path: string, text: string): string =>
  releaseAnalyzer
    .read(path, Buffer.from(text))
    .map((fact) => (fact.kind === 'os' ? `${fact.family} ${fact.release}` : fact.kind))
    .join()

describe('release files', () => {
  it.each([
    ['etc/redhat-release', 'Red Hat Enterprise Linux release 8.7 (Ootpa)\n', 'redhat 8.7'],
    ['etc/redhat-release', 'CentOS release 6.10 (Final)\n', 'centos 6.10'],
    ['etc/redhat-release', 'Rocky Linux release 9.2\n', 'rocky 9.2'],
    ['etc/redhat-release', 'AlmaLinux release 8.8\n', 'alma 8.8'],
    ['etc/redhat-release', 'Oracle Linux Server release 7.9\n', 'oracle 7.9'],
    ['etc/redhat-release', 'Fedora release 38\r\n', 'fedora 38'],
    ['etc/redhat-release', 'constructor release 1\n', 'redhat 1'],
    ['etc/redhat-release', 'CentOS Stream release 9\n', 'redhat 9'],
    ['etc/centos-release', 'CentOS Linux release 7.9.2009 (Core)\n', 'centos 7.9.2009'],
    ['etc/centos-release', 'CentOS Stream release 9\n', ''],
    ['etc/centos-release', 'nothing\nCentOS Linux release 7\n', ''],
    ['etc/oracle-release', 'Whatever release 8.8\n', 'oracle 8.8'],
    ['etc/almalinux-release', 'AlmaLinux release 9.2 (Turquoise Kodkod)\n', 'alma 9.2'],
    ['etc/rocky-release', 'Rocky Linux release 8.8 (Green Obsidian)\n', 'rocky 8.8'],
    ['usr/lib/fedora-release', 'Fedora release 38 (Thirty Eight)\n', 'fedora 38'],
    ['etc/system-release', 'Amazon Linux release 2 (Karoo)\n', 'amazon 2 (Karoo)'],
    ['etc/system-release', 'Amazon Linux AMI release 2018.03\n', 'amazon AMI release 2018.03'],
    ['etc/system-release', 'Amazon Linux release 2\n', ''],
    ['etc/system-release', 'Red Hat Enterprise Linux release 8.7 (Ootpa)\n', ''],
    [
      'usr/lib/system-release',
      'Amazon Linux release 2023.1 (Amazon Linux)\n',
      'amazon 2023.1 (Amazon Linux)',
    ],
    ['etc/redhat-release', '', ''],
  ])('%s: %j is %s', (path, text, wanted) => {
    expect(read(path, text)).toBe(wanted)
    expect(releaseAnalyzer.wants({ path, size: 1, mode: 0 })).toBe(true)
  })

  it('elsewhere are none', () => {
    expect(releaseAnalyzer.wants({ path: 'app/etc/redhat-release', size: 1, mode: 0 })).toBe(false)
  })
})

describe('os-release', () => {
  const analyzer = createOsReleaseAnalyzer('rpm-os-release', 1, familyOfOsRelease)
  it.each([
    ['NAME="Red Hat Enterprise Linux"\nID="rhel"\nVERSION_ID="9.2"\n', 'redhat 9.2'],
    ['NAME="CentOS Stream"\nID="centos"\nVERSION_ID="9"\n', 'centos-stream 9'],
    ['VERSION_ID=15.5\nID=sles\n', 'sles 15.5'],
    ['ID=opensuse\nVERSION_ID=42.3\n', 'opensuse-leap 42.3'],
    ["ID='sl-micro'\nVERSION_ID='6.0'\n", 'slem 6.0'],
    ['ID=mariner\nVERSION_ID="2.0"\n', 'cbl-mariner 2.0'],
    ['ID=photon\nVERSION_ID=\n', ''],
    ['ID=photon\nVERSION_ID=4.0\nID=wolfi\n', ''],
    ['ID=toString\nVERSION_ID=1\n', ''],
    ['ID=debian\nVERSION_ID=12\n', ''],
  ])('%j is %s', (text, wanted) => {
    const facts = analyzer.read('etc/os-release', Buffer.from(text))
    expect(facts.map((fact) => (fact.kind === 'os' ? `${fact.family} ${fact.release}` : '')).join()).toBe(
      wanted,
    )
  })
})
