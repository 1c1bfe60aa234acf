import { javaArchive, sha1Of } from '../../src/test-support/java-archive.ts'
import type { JavaNameRow } from '../../src/test-support/java-database/index.ts'

const java = { 'Created-By': 'Maven Jar Plugin 3.2.0' }

/** Archives that more than one image holds, or that the Java database knows by their bytes. */
export const jars = {
  named: javaArchive({ manifest: java, poms: ['org.acme:named:1.2.0'] }),
  claiming: javaArchive({
    manifest: {
      'Implementation-Title': 'claimed',
      'Implementation-Version': '3.1',
      'Implementation-Vendor-Id': 'org.acme',
    },
  }),
  /** Its claim is known to nobody, its bytes are. */
  mistaken: javaArchive({
    manifest: {
      'Implementation-Title': 'Mistaken Library',
      'Implementation-Version': '0',
      'Implementation-Vendor': 'Acme Inc.',
    },
  }),
  published: javaArchive({ files: [{ name: 'a/A.class', content: 'published' }] }),
  guessable: javaArchive({ files: [{ name: 'a/A.class', content: 'guessable' }] }),
  unknown: javaArchive({ files: [{ name: 'a/A.class', content: 'unknown' }] }),
  bundle: javaArchive({
    manifest: {
      'Bundle-Name': 'bundled',
      'Bundle-SymbolicName': 'org.acme.bundled;singleton:=true',
      'Bundle-Version': '2.0.0.Final',
    },
  }),
  specified: javaArchive({
    manifest: {
      'Specification-Title': 'specified',
      'Specification-Version': '1.1',
      'Specification-Vendor': 'javax.acme',
      'Implementation-Version': '%variable',
    },
  }),
} as const

/** What the Java database of the tests holds. */
export const javaNames: readonly JavaNameRow[] = [
  { group: 'org.acme', artifact: 'claimed', version: '3.0' },
  { group: 'org.acme', artifact: 'bundled', version: '1.0' },
  { group: 'javax.acme', artifact: 'specified', version: '1.0' },
  { group: 'org.acme', artifact: 'mistaken', version: '2.0', sha1: sha1Of(jars.mistaken) },
  { group: 'org.acme', artifact: 'published', version: '1.0.RELEASE', sha1: sha1Of(jars.published) },
  // Two groups with one artifact: the one with more versions is taken.
  { group: 'com.few', artifact: 'guessed', version: '1.2.3' },
  { group: 'org.many', artifact: 'guessed', version: '1.2.3' },
  { group: 'org.many', artifact: 'guessed', version: '1.2.4' },
  { group: 'org.other', artifact: 'warred', version: '1.0', type: 'war' },
  { group: 'org.acme', artifact: 'elsewhere', version: '9.0' },
]
