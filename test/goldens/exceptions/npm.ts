import type { Exception } from '../exception.ts'

export const npmExceptions: readonly Exception[] = [
  {
    images: ['npm-prereleases', 'npm-app', 'npm-seal'],
    trivy: '0.44.1',
    rule: 'npm: an installed pre-release is compared like any version: 1.2.3-rc.1 is in <1.2.3.',
    source: 'Trivy 0.65, aquasecurity/trivy#9208: "don\'t use prerelease logic for compare npm constraints"',
    covers: ({ side, row }) => side === 'portolan' && 'installed' in row && row.installed.includes('-'),
  },
  {
    images: ['npm-workspaces'],
    trivy: '0.44.1',
    rule: 'npm: a package.json whose "workspaces" is an object is read.',
    source: 'Trivy 0.67, aquasecurity/trivy#9518: "parse workspaces as objects"',
    covers: ({ side }) => side === 'portolan',
  },
  {
    images: ['npm-later-rules'],
    trivy: '0.44.1',
    rule: 'A fix that an advisory states for several ranges is named once.',
    source: 'Trivy 0.48, aquasecurity/trivy#5596: "remove duplicates in Fixed Version"',
    covers: ({ row }) => 'vulnerability' in row && row.package === 'twice-fixed',
  },
  {
    images: ['npm-later-rules'],
    trivy: '0.44.1',
    rule: 'npm: a package.json whose name no package can have is none.',
    source: 'Trivy 0.50, aquasecurity/trivy#6268: "add name validation for package name from `package.json`"',
    covers: ({ side, row }) =>
      side === 'trivy' &&
      (('path' in row && row.path === 'template/package.json') ||
        ('purl' in row && row.purl === 'pkg:npm/templates/app@1.2.5')),
  },
  {
    images: ['debian-12-distroless-npm'],
    trivy: '0.44.1',
    rule: 'Files in *.md5sums, beside or without dpkg\'s lists, are owned by their package: no package of their own.',
    source: 'Trivy 0.65, aquasecurity/trivy#9131: "migrate from *.list to *.md5sums files for dpkg"',
    covers: ({ side, row }) =>
      side === 'trivy' &&
      (('path' in row && row.path === 'usr/share/nodejs/minimist/package.json') ||
        ('purl' in row && row.purl.startsWith('pkg:npm/minimist@'))),
  },
]
