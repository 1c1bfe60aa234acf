import { describe, expect, it } from 'vitest'
import type { LayerFact } from '../../indexing/index.ts'
import { auditableBinary } from '../../test-support/executables/index.ts'
import { cargo } from './index.ts'

const [binaries, lockFiles] = cargo.analyzers
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

function packagesIn(facts: readonly LayerFact[] | undefined): unknown {
  return facts?.flatMap((fact) =>
    fact.kind === 'packages' ? fact.packages.map(({ name, version }) => `${name} ${version}`) : [],
  )
}

describe('a Rust program', () => {
  const crates = [
    { name: 'app', version: '0.1.0', root: true, dependencies: [1, 2] },
    { name: 'serde', version: '1.0.1', kind: 'runtime' },
    { name: 'cc', version: '1.0.0', kind: 'build' },
  ]
  it.each([
    ['elf', '.dep-v0'],
    ['elf', '.rust-deps-v0'],
    ['pe', '.dep-v0'],
    ['pe', 'rdep-v0'],
    ['mach-o', '.dep-v0'],
    ['mach-o', 'rust-deps-v0'],
    ['wasm', '.dep-v0'],
  ] as const)('tells its crates: %s, section %s', (format, section) => {
    const facts = binaries?.read('app', auditableBinary(crates, format, section))
    expect(packagesIn(facts)).toEqual(['app 0.1.0', 'serde 1.0.1'])
  })

  it('is nothing without the section, and noted when the section is damaged', () => {
    expect(binaries?.read('app', auditableBinary(crates, 'elf', '.other'))).toEqual([])
    const broken = auditableBinary(crates)
    broken.fill(0x41, 0x2000, 0x2010)
    expect(() => binaries?.read('app', broken)).toThrow()
  })
})

describe('Cargo.lock', () => {
  const lock = `
[[package]]
name = "app"
version = "0.1.0"
dependencies = ["serde", "rand 0.8.5", "tempfile", "member"]

[[package]]
name = "member"
version = "0.2.0"
dependencies = ["log"]

[[package]]
name = "log"
version = "0.4.17"

[[package]]
name = "serde"
version = "1.0.150"
dependencies = ["serde_derive 1.0.150 (registry+https://github.com/rust-lang/crates.io-index)"]

[[package]]
name = "serde_derive"
version = "1.0.150"

[[package]]
name = "rand"
version = "0.7.3"

[[package]]
name = "rand"
version = "0.8.5"

[[package]]
name = "tempfile"
version = "3.3.0"
`
  function listed(files: Readonly<Record<string, string>>): unknown {
    const facts = Object.entries(files).flatMap(([path, text]) => lockFiles?.read(path, bytes(text)) ?? [])
    return packagesIn(lockFiles?.finish?.(facts))
  }

  it('alone lists all', () => {
    expect(listed({ 'a/Cargo.lock': lock, 'b/Cargo.toml': '[package]\nname = "other"' })).toHaveLength(8)
  })

  it('lists what is built, by Cargo.toml beside it', () => {
    const toml = `
[package]
name = "app"
version = "0.1.0"
[dependencies]
serde = { version = "1.0", features = ["derive"] }
unknown = { path = "../x" }
[dev-dependencies]
tempfile = "3"
[target.'cfg(unix)'.dependencies]
rand = "0.8, <0.9"
`
    expect(listed({ 'a/Cargo.lock': lock, 'a/Cargo.toml': toml })).toEqual([
      'app 0.1.0',
      'serde 1.0.150',
      'serde_derive 1.0.150',
      'rand 0.8.5',
    ])
  })

  it('lists what members of the workspace need', () => {
    const root = '[workspace]\nmembers = ["crates/*"]\n[workspace.package]\nversion = "0.2.0"\n'
    const member = '[package]\nname = "member"\nversion = { workspace = true }\n[dependencies]\nlog = "0.4"\n'
    expect(
      listed({ Cargo_lock: '', 'Cargo.lock': lock, 'Cargo.toml': root, 'crates/m/Cargo.toml': member }),
    ).toEqual(['member 0.2.0', 'log 0.4.17'])
  })

  it('fails when it is broken, and stays quick when it is hostile', () => {
    expect(() => lockFiles?.read('Cargo.lock', bytes('[[package'))).toThrow()
    expect(() => lockFiles?.read('Cargo.lock', bytes('package = 1'))).toThrow(TypeError)
    const many = Array.from({ length: 2_000 }, (_, index) => `"*${'a*'.repeat(index % 3)}"`).join(', ')
    const files = Object.fromEntries(
      Array.from({ length: 3_000 }, (_, index) => [
        `${'a'.repeat(200)}${index}/Cargo.toml`,
        '[package]\nname = "a"',
      ]),
    )
    const root = `[workspace]\nmembers = [${many}]`
    expect(listed({ ...files, 'Cargo.lock': lock, 'Cargo.toml': root })).toEqual([])
  })

  it('takes little memory and time for what is said very often', () => {
    const repeated = (count: number, text: string): string =>
      Array.from({ length: count }, () => text).join(',')
    const member = Array.from({ length: 1_000 }, (_, index) => `d${index} = "1"`).join('\n')
    const workspace = `[workspace]\nmembers = [${repeated(40_000, '"a"')}]\n[package]\nname = "x"\nversion = "1.0.0"\n`
    const crates = [
      `[[package]]\nname = "d1"\nversion = "1.0.0"\ndependencies = [${repeated(200_000, '"d2"')}]\n`,
      ...Array.from({ length: 2_000 }, (_, patch) => `[[package]]\nname = "d2"\nversion = "1.0.${patch}"\n`),
    ]
    const direct = `[dependencies]\nd2 = "${repeated(20_000, '').replaceAll(',', '>9||')}>9"\n`
    expect(
      listed({
        'Cargo.lock': crates.join(''),
        'Cargo.toml': workspace + direct,
        'a/Cargo.toml': `[package]\nname = "a"\n[dependencies]\n${member}`,
      }),
    ).toEqual(['d1 1.0.0', 'd2 1.0.1999'])
  })
})

describe('a crate', () => {
  it('is looked up in lower case and has a purl of type cargo', () => {
    const context = { os: null, repository: null, buildInfo: null }
    const fact = { name: 'Inflector', version: '0.11.4' }
    expect(cargo.subject?.(fact)).toMatchObject({ subject: { space: 'cargo::', lookupKey: 'inflector' } })
    expect(cargo.describe(fact, context).purl).toBe('pkg:cargo/Inflector@0.11.4')
  })
})
