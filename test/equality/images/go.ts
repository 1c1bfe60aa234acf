import { goBinary, goModules } from '../../../src/test-support/executables/index.ts'
import type { FileListing, ImageListing } from '../../../src/test-support/image-builder/index.ts'
import { dpkgStatus } from '../../../src/test-support/package-databases.ts'

const program = (content: Uint8Array): FileListing => ({ content, mode: 0o755 })

const net = 'golang.org/x/net@v0.17.0'
const modules = goModules({
  main: 'github.com/acme/app@(devel)',
  deps: [
    net,
    'github.com/BurntSushi/toml@v0.3.1',
    'github.com/dgrijalva/jwt-go@v3.2.0+incompatible',
    'github.com/old/lib@v1.0.0 => github.com/new/lib@v1.0.1',
    'golang.org/x/text@v0.3.8-0.20211004125949-5bd84dd9b33b',
  ],
  settings: { '-compiler': 'gc', CGO_ENABLED: '0' },
})

export const goImages: Readonly<Record<string, ImageListing>> = {
  /** Build information in every form: inline, behind pointers (32 and 64 bits, both byte orders), ELF, PE, Mach-O, stripped. */
  'go-binaries': {
    layers: [
      {
        files: {
          'usr/bin/app': program(goBinary({ modules })),
          'usr/bin/stripped': program(goBinary({ modules, withoutSections: true, codeSize: 3_000_000 })),
          'usr/bin/old': program(goBinary({ modules, goVersion: 'go1.16.5', pointers: true })),
          'usr/bin/old-arm': program(goBinary({ modules, goVersion: 'go1.13', pointers: true, is64: false })),
          'usr/bin/old-s390': program(
            goBinary({ modules, goVersion: 'go1.17', pointers: true, bigEndian: true }),
          ),
          'usr/bin/unnamed': program(goBinary({ modules, anonymous: true })),
          'opt/app.exe': goBinary({ modules, format: 'pe' }),
          'opt/app-darwin': program(goBinary({ modules, format: 'mach-o' })),
          'opt/not-executable': goBinary({ modules }),
          'opt/link': { type: 'symlink', target: '../usr/bin/app' },
          'opt/script': program(Buffer.from('#!/bin/sh\nexec app\n')),
          'opt/empty': program(Buffer.alloc(0)),
          'opt/cut': program(goBinary({ modules }).subarray(0, 5_000)),
        },
      },
    ],
  },
  /** As Debian builds: without modules, owned by a package; and one of those that nobody owns. */
  'go-gopath': {
    layers: [
      {
        files: {
          'etc/debian_version': '12.4\n',
          'var/lib/dpkg/status': dpkgStatus([{ name: 'restic', version: '0.14.0-1+b5' }]),
          'var/lib/dpkg/info/restic.list': '/.\n/usr/bin/restic\n',
          'usr/bin/restic': program(goBinary({ goVersion: 'go1.19.8' })),
          'usr/local/bin/own': program(goBinary({ goVersion: 'go1.19.8' })),
        },
      },
    ],
  },
  /** Replaced by a folder, without a version, stamped by flags, an empty path as old linkers wrote. */
  'go-odd-modules': {
    layers: [
      {
        files: {
          'bin/local': program(
            goBinary({ modules: goModules({ deps: [net, 'example.com/l@v1.0.0 => ./l'] }) }),
          ),
          'bin/devel': program(
            goBinary({ modules: goModules({ deps: ['github.com/acme/lib@(devel)', net] }) }),
          ),
          'bin/nameless': program(goBinary({ modules: `${goModules({ deps: [net] })}dep\t\tDevel\t\n` })),
          'bin/broken': program(goBinary({ modules: 'dep\tone-column\n' })),
          'bin/stamped': program(
            goBinary({
              modules: goModules({
                main: 'github.com/acme/app@(devel)',
                settings: { '-ldflags': "-s -w -X 'main.version=1.2.0'" },
              }),
            }),
          ),
          'bin/installed': program(goBinary({ modules: goModules({ main: 'github.com/acme/app@v1.3.0' }) })),
        },
      },
    ],
  },
  /** go.mod before and since 1.17, with and without go.sum; replacements. */
  'go-mod': {
    layers: [
      {
        files: {
          'old/go.mod':
            'module a\n\nrequire (\n\tgolang.org/x/net v0.17.0\n\tgolang.org/x/text v0.3.0 // indirect\n)\n',
          'old/go.sum':
            'golang.org/x/net v0.17.0 h1:A=\ngolang.org/x/net v0.17.0/go.mod h1:A=\ngolang.org/x/text v0.3.0 h1:A=\ngolang.org/x/text v0.3.7/go.mod h1:A=\n',
          'new/go.mod':
            'module a\ngo 1.20\nrequire github.com/BurntSushi/toml v0.3.1\nrequire (\n\tgolang.org/x/net v0.17.0 // indirect\n)\n',
          'new/go.sum': 'golang.org/x/text v0.3.0 h1:A=\n',
          'replaced/go.mod':
            'module a\ngo 1.18\nrequire (\n\tgithub.com/old/lib v1.0.0\n\tgithub.com/other/lib v1.0.0\n\tgithub.com/local/lib v1.0.0\n)\nreplace github.com/old/lib => github.com/new/lib v1.0.1\nreplace github.com/other/lib v0.9.0 => github.com/x/lib v1.0.0\nreplace github.com/local/lib => ../lib\n',
          'lonely/go.sum': 'golang.org/x/text v0.3.0 h1:A=\n',
        },
      },
    ],
  },
  /** A program overwritten by another build, one by something else, one deleted. */
  'go-layers': {
    layers: [
      {
        files: {
          'bin/a': program(goBinary({ modules })),
          'bin/b': program(goBinary({ modules })),
          'bin/c': program(goBinary({ modules })),
        },
      },
      {
        files: {
          'bin/a': program(goBinary({ modules: goModules({ deps: ['golang.org/x/net@v0.19.0'] }) })),
          'bin/b': program(Buffer.from('#!/bin/sh\n')),
        },
        whiteouts: ['bin/c'],
      },
    ],
  },
}
