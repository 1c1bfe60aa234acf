import { gunzipSync } from 'node:zlib'
import type { ImageListing } from '../../../src/test-support/image-builder/index.ts'
import { dpkgStatus } from '../../../src/test-support/package-databases.ts'
import { writeZip } from '../../../src/test-support/zip-writer.ts'
import { fixture } from '../fixtures.ts'

const site = 'venv/lib/python3.11/site-packages'
const dist = 'usr/lib/python3/dist-packages'

/** METADATA of a wheel, or PKG-INFO, with the package's description after its headers. */
function metadata(name: string, version: string, ...headers: readonly string[]): string {
  return [
    `Metadata-Version: 2.1`,
    `Name: ${name}`,
    `Version: ${version}`,
    ...headers,
    '',
    'Name: not-this',
  ].join('\n')
}

function wheel(name: string, version: string, ...headers: readonly string[]): Record<string, string> {
  return {
    [`${site}/${name.replaceAll('-', '_')}-${version}.dist-info/METADATA`]: metadata(
      name,
      version,
      ...headers,
    ),
  }
}

export const pythonImages: Readonly<Record<string, ImageListing>> = {
  /** A virtual environment: names in every spelling, versions and specifiers of every kind. */
  'python-venv': {
    layers: [
      {
        files: {
          ...wheel('Django', '3.2.18', 'Classifier: License :: OSI Approved', 'License: BSD-3-Clause'),
          ...wheel('Jinja2', '2.10.1', 'License-Expression: BSD-3-Clause'),
          ...wheel('ruamel.yaml', '0.17.21'),
          ...wheel('zope.interface', '5.0.0'),
          ...wheel('Flask_Cors', '3.0.8'),
          ...wheel('typing_extensions', '4.0.0'),
          ...wheel('pre', '2.0rc1'),
          ...wheel('post', '1.0.post1'),
          ...wheel('dev', '3.0.dev4'),
          ...wheel('epoch', '1!1.0'),
          ...wheel('local', '1.9.0+cu111'),
          ...wheel('long', '1.4.5.0.0'),
          ...wheel('odd', '2004d-custom'),
          [`${site}/wheel-info.dist-info/RECORD`]: 'not read',
          [`${site}/six.egg-info`]: metadata('six', '1.11.0'),
          [`${site}/PyYAML-5.3.egg-info/PKG-INFO`]: metadata('PyYAML', '5.3'),
          [`${site}/PyYAML-5.3.egg-info/requires.txt`]: 'not read',
          [`${site}/lxml-4.6.egg/EGG-INFO/PKG-INFO`]: metadata('lxml', '4.6'),
        },
      },
    ],
  },
  /** A Debian system's own python3-* packages, 100 packages that pip put beside them, and older trees of pip: their real metadata. */
  'python-debian-12': {
    layers: [
      {
        files: JSON.parse(gunzipSync(fixture('debian-12-python/files.json.gz')).toString()) as Readonly<
          Record<string, string>
        >,
      },
    ],
  },
  /** Beside what dpkg owns: only what pip put there is Python's. */
  'python-dpkg': {
    layers: [
      {
        files: {
          'etc/debian_version': '12.4\n',
          'var/lib/dpkg/status': dpkgStatus([
            { name: 'python3-django', version: '3:3.2.19-1+deb12u1', source: 'python-django' },
          ]),
          'var/lib/dpkg/info/python3-django.list': `/.\n/usr\n/${dist}\n/${dist}/Django-3.2.18.egg-info\n/${dist}/Django-3.2.18.egg-info/PKG-INFO\n`,
          [`${dist}/Django-3.2.18.egg-info/PKG-INFO`]: metadata('Django', '3.2.18'),
          'usr/local/lib/python3.11/dist-packages/Django-3.2.18.dist-info/METADATA': metadata(
            'Django',
            '3.2.18',
          ),
        },
      },
    ],
  },
  /** pip upgrades in a later layer: the old dist-info is deleted, or left behind, or written over. */
  'python-layers': {
    layers: [
      {
        files: {
          ...wheel('Django', '3.2.18'),
          ...wheel('Jinja2', '2.10.1'),
          [`${site}/six.egg-info`]: metadata('six', '1.11.0'),
          'other/PyYAML-5.3.egg-info/PKG-INFO': metadata('PyYAML', '5.3'),
        },
      },
      {
        files: {
          ...wheel('Django', '4.2.7'),
          ...wheel('Jinja2', '3.1.2'),
          [`${site}/six.egg-info`]: metadata('six', '1.16.0'),
          'other/PyYAML-5.3.egg-info/PKG-INFO': metadata('PyYAML', '6.0'),
        },
        whiteouts: [`${site}/Django-3.2.18.dist-info`],
      },
      { files: {}, whiteouts: ['other'] },
    ],
  },
  /** What is read all the same, and what is not, in both programs. */
  'python-broken-files': {
    layers: [
      {
        files: {
          'a/a.dist-info/METADATA': 'Name: Django\nVersion: 3.2.18',
          'b/b.dist-info/METADATA': 'Name: Django\r\nVersion: 3.2.18\r\n\r\n',
          'c/c.dist-info/METADATA': 'name: Django\nVERSION:3.2.18\n',
          'd/d.dist-info/METADATA': 'Name:   Django\nSummary: a\n\tfolded: line\n  \nVersion: 3.2.18\n',
          'e/e.dist-info/METADATA': 'Name: Django\nName: other\nVersion: 3.2.18\nVersion: 9\n\n',
          'f/f.dist-info/METADATA': 'Name: Dj\u00e4ngo\nVersion: 3.2.18\n',
          'g/g.dist-info/METADATA': 'Name: Django\nVersion: 3.2.18\nSummary :a space\n',
          'h/METADATA': metadata('Django', '3.2.18'),
          'i/PKG-INFO': metadata('Django', '3.2.18'),
          'j/j.dist-info/METADATA': { type: 'symlink', target: '../../a/a.dist-info/METADATA' },
          'k/k.egg-info': { type: 'directory' },
          'l/l.dist-info/METADATA': 'Name: Django\nVersion: 3.2.18\n continued\n',
          'm/m.dist-info/METADATA': ' Name: Django\nVersion: 3.2.18\n',
          dev: { type: 'directory' },
          'dev/n.dist-info/METADATA': metadata('Django', '3.2.18'),
        },
      },
    ],
  },
  /** Zipped eggs: metadata first or last, packed or stored, beside data; and files that are no egg. */
  'python-eggs': {
    layers: [
      {
        files: {
          'a/Jinja2-2.10.1-py2.7.egg': writeZip([
            { name: 'jinja2/__init__.py', content: '' },
            { name: 'EGG-INFO/PKG-INFO', content: metadata('Jinja2', '2.10.1') },
          ]),
          'b/six-1.11.0.egg': writeZip([
            { name: 'six-1.11.0.egg-info/PKG-INFO', content: metadata('six', '1.11.0'), stored: true },
            { name: 'EGG-INFO/PKG-INFO', content: metadata('Django', '3.2.18') },
          ]),
          'c/script.egg': writeZip([{ name: 'EGG-INFO/PKG-INFO', content: metadata('Django', '3.2.18') }], {
            prefix: '#!/bin/sh\n',
          }),
          'd/no-metadata.egg': writeZip([{ name: 'README', content: 'none' }]),
          'e/text.egg': 'no archive',
          'f/damaged.egg': writeZip([
            { name: 'EGG-INFO/PKG-INFO', content: metadata('Django', '3.2.18'), said: { crc32: 1 } },
          ]),
          'g/egg': writeZip([{ name: 'EGG-INFO/PKG-INFO', content: metadata('Django', '3.2.18') }]),
          'h/Django.egg-link': '/src',
        },
      },
    ],
  },
  /** Packages that Seal rebuilt: by name, by version; and what only looks like it. */
  'python-seal': {
    layers: [
      {
        files: {
          ...wheel('seal-django', '4.2.8'),
          ...wheel('rebuilt', '4.2.8+sp1'),
          ...wheel('spam', '4.2.8+spam'),
        },
      },
    ],
  },
  /** Where later versions of Trivy read more than 0.44.1, or less. */
  'python-later-rules': {
    layers: [
      {
        files: {
          'a/a.dist-info/METADATA': 'Name: Django\nVersion: 3.2.18\nno header\n',
          'b/b.dist-info/METADATA': 'Name: Django\nVersion: 3.2.18\nSummary: a \u0001 control\n',
          'c/c.egg-info/METADATA': metadata('Django', '3.2.18'),
          'd/d.dist-info/METADATA': 'Name: Django\n',
        },
      },
    ],
  },
}
