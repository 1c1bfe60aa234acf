import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { wholeFile } from '../../indexing/index.ts'
import { type GoBinaryOptions, goBinary, goModules } from '../../test-support/executables/index.ts'
import { readBuildInfo } from './build-info.ts'
import { go } from './index.ts'
import { versionOfMain } from './main-version.ts'
import { packagesOfBinary } from './modules.ts'

const modules = goModules({
  main: 'example.com/app@(devel)',
  deps: ['golang.org/x/net@v0.1.0', 'a.com/b@v1.0.0 => c.com/d@v1.2.3', 'a.com/l@v1.0.0 => ./local'],
  settings: { '-ldflags': "-s -X 'main.version=1.2.3'" },
})
const expected = [
  { name: 'stdlib', version: 'v1.22.1' },
  { name: 'golang.org/x/net', version: 'v0.1.0' },
  { name: 'c.com/d', version: 'v1.2.3' },
  { name: './local', version: '' },
  { name: 'example.com/app', version: '1.2.3' },
]
const variants = (['elf', 'pe', 'mach-o'] as const).flatMap((format) =>
  [false, true].flatMap((pointers) =>
    [false, true].flatMap((anonymous) =>
      (format === 'pe'
        ? [{}]
        : [{}, { is64: false }, { bigEndian: true }, { is64: false, bigEndian: true }]
      ).map((machine): GoBinaryOptions => ({ format, pointers, anonymous, ...machine, modules })),
    ),
  ),
)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'go-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function packagesOf(binary: Uint8Array): unknown {
  const info = readBuildInfo(wholeFile(binary))
  return info === undefined ? undefined : packagesOfBinary(info)
}

describe('a Go binary', () => {
  it.each(
    variants,
  )('tells its modules: $format, pointers $pointers, $is64 $bigEndian $anonymous', (options) => {
    expect(packagesOf(goBinary(options))).toEqual(expected)
  })

  it('tells them without a table of sections, behind data, and when it is large', () => {
    const data = {
      name: '.noise',
      content: Buffer.alloc(3_000_001, '\xff Go buildinf', 'latin1'),
      writable: true,
    }
    expect(packagesOf(goBinary({ modules, withoutSections: true }))).toEqual(expected)
    expect(packagesOf(goBinary({ modules, codeSize: 5_000_000 }))).toEqual(expected)
    expect(packagesOf(goBinary({ modules, sections: [data] }))).toEqual(expected)
  })

  it('without modules has its standard library only', () => {
    expect(packagesOf(goBinary({ goVersion: 'go1.19.8' }))).toEqual([{ name: 'stdlib', version: 'v1.19.8' }])
  })

  it.each([
    ['go1.25.0 X:nodwarf5', 'v1.25.0'],
    ['go1.26.0-X:a,b', 'v1.26.0'],
    ['go1.26.5 (Red Hat 1.26.5-1.el10_2.alma.1)', 'v1.26.5'],
    ['devel go1.23-abc', 'vdevel'],
  ])('of %s has the standard library %s', (goVersion, version) => {
    expect(packagesOf(goBinary({ goVersion }))).toEqual([{ name: 'stdlib', version }])
  })

  it('is nothing else', () => {
    const binary = goBinary({ modules })
    const other = Buffer.from(binary)
    other.write('no', binary.indexOf('Go buildinf:'))
    for (const bytes of [other, Buffer.alloc(0), Buffer.from('#!/bin/sh\n'), binary.subarray(0, 100)]) {
      expect(packagesOf(bytes)).toBeUndefined()
    }
    expect(packagesOf(goBinary({ goVersion: '' }))).toBeUndefined()
  })

  it('with lines that Go does not take fails', () => {
    for (const lines of ['dep\ta\n', 'dep\ta\tb\tc\td\n', '=>\ta\tb\tc\n', 'dep\ta\tb\n=>\ta\tb\n']) {
      expect(() => packagesOf(goBinary({ modules: lines }))).toThrow(SyntaxError)
    }
    expect(packagesOf(goBinary({ modules: 'dep\t\tv1\nother\tline\nno tab\ndep\ta\t(devel)\n' }))).toEqual([
      { name: 'stdlib', version: 'v1.22.1' },
      { name: 'a', version: '' },
    ])
  })
})

describe.skipIf(spawnSync('go', ['version']).status !== 0)('the go command', () => {
  it('says the same of what the tests write', () => {
    for (const options of variants) {
      const file = join(folder, 'binary')
      writeFileSync(file, goBinary(options), { mode: 0o755 })
      const told = execFileSync('go', ['version', '-m', file], { encoding: 'utf8' })
      expect(told.match(/\t(?:dep|=>|mod)\t\S+/g), JSON.stringify(options)).toHaveLength(6)
    }
  })

  it('builds programs, stripped and not, that are read', () => {
    const write = (path: string, text: string): void => {
      mkdirSync(join(folder, dirname(path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    write(
      'go.mod',
      'module example.com/app\ngo 1.18\nrequire example.com/lib v1.2.3\nreplace example.com/lib => ./lib\n',
    )
    write(
      'main.go',
      'package main\nimport "example.com/lib"\nvar version = ""\nfunc main() { println(lib.Name, version) }\n',
    )
    write('lib/go.mod', 'module example.com/lib\ngo 1.18\n')
    write('lib/lib.go', 'package lib\nconst Name = "lib"\n')
    const env = {
      ...process.env,
      GOFLAGS: '-mod=mod',
      GOPROXY: 'off',
      GOCACHE: join(folder, 'cache'),
      CGO_ENABLED: '0',
    }
    const goVersion = execFileSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' }).trim()
    const ldflags = '-s -w -X main.version=v2.0.0'
    execFileSync('go', ['build', '-o', 'app', `-ldflags=${ldflags}`, '-buildvcs=false', '.'], {
      cwd: folder,
      env,
    })
    expect(packagesOf(readFileSync(join(folder, 'app')))).toEqual([
      { name: 'stdlib', version: goVersion.replace('go', 'v') },
      { name: './lib', version: '' },
      { name: 'example.com/app', version: 'v2.0.0' },
    ])
  }, 120_000)
})

describe('the version of the main module', () => {
  const path = 'github.com/a/b'
  it.each([
    ['', '-X main.version=1.2.3', '1.2.3'],
    ['', "-s -w -X 'main.version=v1.2.3' -X main.commit=abc", 'v1.2.3'],
    ['', '-X=main.Version=1.2.3', '1.2.3'],
    ['', '"-Xmain.ver=1.2.3"', '1.2.3'],
    ['', '-X "main.version=1.2.3"', '1.2.3'],
    ['', '-X main.version=1.2.3 -X main.goversion=1.22.0', '1.2.3'],
    ['', '-X github.com/x/y.version=9.9.9 -X main.version=1.2.3', '1.2.3'],
    ['', `-X ${path}/cmd/tool.version=3.0.0 -X main.version=1.2.3`, '3.0.0'],
    ['', '-X main.version=1.2.3 -X common.version=1.2.4', ''],
    ['', '-X main.version=latest', ''],
    ['', '-X main.version=01.2.3', ''],
    ['', '-extldflags "-static -lm" -X main.version=1.2.3', '1.2.3'],
    ['', '-linkmode external -X main.version=1.2.3', '1.2.3'],
    ['', '-buildid= -X main.version=1.2.3', '1.2.3'],
    ['', '-X main.version', ''],
    ['', '-X', ''],
    ['', "-X 'main.version=1.2.3", ''],
    ['', '-X a.b=c,main.version=1.2.3', '1.2.3'],
    ['v1.0.0', '-X main.version=1.2.3', 'v1.0.0'],
    ['v0.0.0-20240101120000-abcdef123456', '-X main.version=1.2.3', '1.2.3'],
    ['v0.0.0-20240101120000-abcdef123456', '', 'v0.0.0-20240101120000-abcdef123456'],
  ])('stamped %j, flags %s: %j', (stamped, flags, version) => {
    expect(versionOfMain(path, stamped, flags)).toBe(version)
  })
})

describe('a Go package', () => {
  it('is looked up by its name as it is written, and not at all without a version', () => {
    expect(go.subject?.({ name: 'github.com/BurntSushi/toml', version: 'v1.0.0' })).toMatchObject({
      subject: { space: 'go::', lookupKey: 'github.com/BurntSushi/toml' },
    })
    expect(go.subject?.({ name: './local', version: '' })).toEqual({
      subject: null,
      skipReason: 'no-version',
    })
  })

  it('has a purl in lower case', () => {
    const context = { os: null, repository: null, buildInfo: null }
    const { purl } = go.describe({ name: 'github.com/BurntSushi/toml', version: 'v1.0.0+x' }, context)
    expect(purl).toBe('pkg:golang/github.com/burntsushi/toml@v1.0.0%2Bx')
  })

  it('is compared with or without v', () => {
    const advisory = { vulnerableVersions: ['<1.2.3'], patchedVersions: [], unaffectedVersions: [] }
    const affected = (version: string): boolean | undefined => {
      const { subject } = go.subject?.({ name: 'a', version }) ?? {}
      return subject ? go.isAffected(subject, advisory as never) : undefined
    }
    expect(['v1.2.2', '1.2.2', 'v1.2.3', 'v1.2.3-0.2024', 'vdevel'].map(affected)).toEqual([
      true,
      true,
      false,
      true,
      false,
    ])
  })
})
