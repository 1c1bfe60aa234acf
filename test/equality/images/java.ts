import type { ImageListing } from '../../../src/test-support/image-builder/index.ts'
import { javaArchive } from '../../../src/test-support/java-archive.ts'
import { dpkgStatus } from '../../../src/test-support/package-databases.ts'
import { jars } from '../java.ts'

const nestedInWar = javaArchive({ poms: ['org.acme:inner:1.0'] })
const war = javaArchive({
  nested: { 'WEB-INF/lib/inner-1.0.jar': nestedInWar, 'WEB-INF/lib/claiming.jar': jars.claiming },
  poms: ['org.acme:app:5.0'],
})
const selfStarting = javaArchive({
  manifest: { 'Main-Class': 'org.acme.Launcher', 'Start-Class': 'org.acme.App' },
  poms: ['org.acme:starter:1.0.0-SNAPSHOT'],
  nested: { 'BOOT-INF/lib/named-1.2.0.jar': jars.named, 'BOOT-INF/lib/published.jar': jars.published },
  stored: true,
  prefix: '#!/bin/sh\nexec java -jar "$0" "$@"\n',
})
/** Cut behind the second of three nested archives. */
const truncated = ((): Buffer => {
  const whole = javaArchive({
    poms: ['org.acme:lost:1.0'],
    nested: {
      'BOOT-INF/lib/first-1.0.jar': javaArchive({ poms: ['org.acme:first:1.0'] }),
      'BOOT-INF/lib/second-1.0.jar': javaArchive({ poms: ['org.acme:second:1.0', 'org.acme:shaded:2.0'] }),
      'BOOT-INF/lib/third-1.0.jar': javaArchive({
        poms: ['org.acme:third:1.0'],
        files: [{ name: 'big', content: 'x'.repeat(4_000), stored: true }],
      }),
    },
    stored: true,
  })
  return whole.subarray(0, whole.indexOf('third-1.0.jar') + 2_000)
})()

export const javaImages: Readonly<Record<string, ImageListing>> = {
  /** Every way in which an archive gets its name, and every rule of ranges. */
  'java-app': {
    layers: [
      {
        files: {
          'app/lib/named-1.2.0.jar': jars.named,
          'app/again/named-1.2.0.jar': jars.named,
          'app/lib/shaded-1.0.jar': javaArchive({
            poms: [
              'org.acme:shaded:1.0',
              'org.acme:ranged:1.5',
              'com.Upper:Case:1.0',
              'org.acme:ranged:2.9.10.8',
            ],
          }),
          'app/lib/claiming.jar': jars.claiming,
          'app/lib/bundle.jar': jars.bundle,
          'app/lib/specified.jar': jars.specified,
          'app/lib/mistaken-7.jar': jars.mistaken,
          'app/lib/published.jar': jars.published,
          'app/lib/guessed-1.2.3.jar': jars.guessable,
          'app/lib/warred-1.0.jar': jars.unknown,
          'app/lib/unknown-1.0.jar': jars.unknown,
          // Named by its text, and by its file's name too: they differ.
          'app/lib/elsewhere-9.0.jar': javaArchive({ poms: ['org.acme:elsewhere:9.1'] }),
          'app/LOUD-1.0.JAR': javaArchive({ poms: ['org.acme:loud:1.0'] }),
          'app/parcel-1.0.par': javaArchive({ poms: ['org.acme:parcel:1.0'] }),
          'app/empty.jar': '',
          'app/broken.jar': 'PK\u0003\u0004 no archive at all',
          'app/not-an-archive.jar.txt': jars.named,
          'app/streamed-1.0.jar': javaArchive({
            files: [
              {
                name: 'x/pom.properties',
                content: 'groupId=org.acme\r\nartifactId=streamed\r\nversion=1.0\r\n',
                descriptor: true,
              },
            ],
          }),
          'app/large-1.0.jar': javaArchive({ poms: ['org.acme:large:1.0'], zip64: true }),
        },
      },
    ],
  },
  /** Archives in archives, whole and broken. */
  'java-nested': {
    layers: [
      {
        files: {
          'srv/app-5.0.war': war,
          'srv/all-1.0.ear': javaArchive({ nested: { 'web.war': war, 'lib/named-1.2.0.jar': jars.named } }),
          'srv/starter-1.0.0-SNAPSHOT.jar': selfStarting,
          'srv/truncated-1.0.jar': truncated,
          'srv/odd-1.0.jar': javaArchive({
            nested: {
              'lib/broken-1.0.jar': Buffer.from('broken'),
              'lib/parcel-1.0.par': javaArchive({ poms: ['org.acme:not-read:1.0'] }),
              'lib/LOUD-1.0.JAR': javaArchive({ poms: ['org.acme:not-read:1.0'] }),
              'lib/deeper.jar': javaArchive({
                nested: {
                  'a.jar': javaArchive({ nested: { 'b.jar': javaArchive({ poms: ['org.acme:deep:1.0'] }) } }),
                },
              }),
            },
            files: [
              // A text that cannot be read costs the archive that it is in.
              {
                name: 'lib/lying-1.0.jar',
                content: javaArchive({ poms: ['org.acme:lying:1.0'] }),
                said: { size: 10 },
              },
            ],
          }),
          'srv/checksum-1.0.jar': javaArchive({
            poms: ['org.acme:checksum:1.0'],
            files: [{ name: 'META-INF/MANIFEST.MF', content: 'Manifest-Version: 1.0\n', said: { crc32: 1 } }],
          }),
        },
      },
    ],
  },
  /** An archive that is overwritten by one that names nothing stays; others are replaced, deleted, repeated. */
  'java-layers': {
    layers: [
      {
        files: {
          'app/emptied-1.0.jar': javaArchive({ poms: ['org.acme:emptied:1.0'] }),
          'app/unnamed.jar': jars.claiming,
          'app/replaced.jar': javaArchive({ poms: ['org.acme:replaced:1.0', 'org.acme:kept:1.0'] }),
          'app/deleted.jar': javaArchive({ poms: ['org.acme:deleted:1.0'] }),
          'app/repeated.jar': javaArchive({ poms: ['org.acme:repeated:1.0'] }),
        },
      },
      {
        files: {
          'app/emptied-1.0.jar': javaArchive({}),
          'app/unnamed.jar': jars.unknown,
          'app/replaced.jar': javaArchive({ poms: ['org.acme:kept:1.0', 'org.acme:replaced:2.0'] }),
          'app/repeated.jar': javaArchive({ poms: ['org.acme:repeated:1.0'] }),
        },
        whiteouts: ['app/deleted.jar'],
      },
    ],
  },
  /** Archives that dpkg owns are reported as its packages. */
  'java-owned-by-dpkg': {
    layers: [
      {
        files: {
          'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
          'etc/debian_version': '12.4\n',
          'var/lib/dpkg/status': dpkgStatus([{ name: 'libnamed-java', version: '1.2.0-1' }]),
          'var/lib/dpkg/info/libnamed-java.list':
            '/.\n/usr/share/java/named-1.2.0.jar\n/usr/share/java/app-5.0.war\n',
          'usr/share/java/named-1.2.0.jar': jars.named,
          'usr/share/java/app-5.0.war': war,
          'opt/named-1.2.0.jar': jars.named,
        },
      },
    ],
  },
  /** Texts in which later releases of Trivy read something else. */
  'java-newer-rules': {
    layers: [
      {
        files: {
          'app/nameless-1.0.jar': javaArchive({
            files: [
              {
                name: 'META-INF/maven/a/b/pom.properties',
                content: 'groupId=org.acme\nartifactId=nameless\n',
              },
            ],
          }),
          'app/equal-2.0.jar': javaArchive({
            poms: ['org.acme:equal:2.0', 'org.acme:equal:2.0.0', 'org.acme:equal:2.0.1'],
          }),
          'app/folded.jar': javaArchive({
            manifest:
              'Manifest-Version: 1.0\nImplementation-Title: clai\n med\nImplementation-Version: 3.1\nImplementation-Vendor-Id: org.acme\n\n',
          }),
          'app/sections.jar': javaArchive({
            manifest:
              'Manifest-Version: 1.0\n\nName: org/acme/\nImplementation-Title: claimed\nImplementation-Version: 3.1\nImplementation-Vendor-Id: org.acme\n\n',
          }),
          'app/guessed-0.9.jar': jars.guessable,
          'app/plus-1.0.jar': javaArchive({ poms: ['org.acme:plus:1.0'] }),
          'app/slipping-1.0.jar': javaArchive({ nested: { '../../out-1.0.jar': jars.named } }),
        },
      },
    ],
  },
}
