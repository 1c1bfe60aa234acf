import type { Difference } from '../../equality/compare.ts'
import type { Exception } from '../exception.ts'

/** Whether a difference is about this package: its row, its findings or its purl. */
function isAbout(row: Difference['row'], artifact: string, version?: string): boolean {
  const name = `org.acme:${artifact}`
  if ('purl' in row) return row.purl.startsWith(`pkg:maven/org.acme/${artifact}`)
  if ('package' in row) return row.package === name && (version ?? row.installed) === row.installed
  return 'name' in row && row.name === name && (version ?? row.version) === row.version
}

function isIn(row: Difference['row'], path: string): boolean {
  return 'path' in row && row.path === path
}

const rules = ['java-newer-rules']

export const javaExceptions: readonly Exception[] = [
  {
    images: ['java-owned-by-dpkg'],
    trivy: '0.44.1',
    rule: 'Java: archives nested in an archive that an OS package owns are owned too.',
    source: 'Trivy 0.63, aquasecurity/trivy#8842: "filter all files when processing files installed from package managers"',
    covers: ({ side, row }) =>
      side === 'trivy' &&
      (('path' in row && row.path.startsWith('usr/share/java/app-5.0.war/')) ||
        ('purl' in row && /\/(?:inner|claimed)@/.test(row.purl))),
  },
  {
    images: rules,
    trivy: '0.44.1',
    rule: 'Java: a pom.properties without group, artifact or version names nothing.',
    source: 'Trivy 0.50, aquasecurity/trivy#6164: "add only valid libs from pom.properties files from jars"',
    covers: ({ side, row }) => side === 'trivy' && isAbout(row, 'nameless'),
  },
  {
    images: rules,
    trivy: '0.44.1',
    rule: 'Java: of equal versions of one name in one archive the first counts.',
    source: 'Trivy 0.54, aquasecurity/trivy#7088: "use go-mvn-version to remove Package duplicates"',
    covers: ({ side, row }) =>
      side === 'trivy' && (isAbout(row, 'equal', '2.0.0') || ('purl' in row && row.purl.endsWith('/equal@2.0.0'))),
  },
  {
    images: rules,
    trivy: '0.44.1',
    rule: 'Java: of a manifest only the main section counts.',
    source: 'Trivy 0.74, aquasecurity/trivy#11066: "read artifact properties only from the MANIFEST.MF main section"',
    covers: ({ side, row }) => side === 'trivy' && isIn(row, 'app/sections.jar'),
  },
  {
    images: rules,
    trivy: '0.44.1',
    rule: 'Java: folded lines of a manifest are put together.',
    source: 'Trivy 0.74, aquasecurity/trivy#11066',
    covers: ({ side, row }) => side === 'portolan' && isIn(row, 'app/folded.jar'),
  },
  {
    images: rules,
    trivy: '0.44.1',
    rule: "Java: a group is guessed by a file's name only where it published that version.",
    source: 'Trivy 0.49, aquasecurity/go-dep-parser#276: "add version for SearchByArtifactID function"',
    covers: ({ side, row }) =>
      side === 'trivy' && (isIn(row, 'app/guessed-0.9.jar') || ('purl' in row && row.purl.endsWith('/guessed@0.9'))),
  },
  {
    images: rules,
    trivy: '0.44.1',
    rule: 'Java: a name that leads out of its archive is none of its files.',
    source: 'Trivy 0.50, aquasecurity/trivy#6094: "merge go-dep-parser into Trivy"',
    covers: ({ side, row }) => side === 'trivy' && (isIn(row, 'out-1.0.jar') || isAbout(row, 'named')),
  },
  {
    images: rules,
    trivy: '0.44.1',
    rule: 'Java: versions in ranges may hold "_" and "+".',
    source: 'Trivy 0.71: go-mvn-version at d21fcd2, "support \'+\' in constraint version"',
    covers: ({ side, row }) => side === 'portolan' && isAbout(row, 'plus'),
  },
]
