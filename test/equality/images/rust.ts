import { auditableBinary } from '../../../src/test-support/executables/index.ts'
import type { FileListing, ImageListing } from '../../../src/test-support/image-builder/index.ts'

const program = (content: Uint8Array): FileListing => ({ content, mode: 0o755 })
const crates = [
  { name: 'app', version: '0.1.0', root: true, dependencies: [1, 2, 3] },
  { name: 'time', version: '0.1.43' },
  { name: 'Inflector', version: '0.11.4', kind: 'runtime' },
  { name: 'cc', version: '1.0.0', kind: 'build' },
]
const lock = (...packages: readonly [name: string, version: string, ...dependencies: string[]][]): string =>
  packages
    .map(
      ([name, version, ...dependencies]) =>
        `[[package]]\nname = "${name}"\nversion = "${version}"\ndependencies = ${JSON.stringify(dependencies)}\n`,
    )
    .join('\n')

export const rustImages: Readonly<Record<string, ImageListing>> = {
  'rust-auditable': {
    layers: [
      {
        files: {
          'usr/bin/app': program(auditableBinary(crates)),
          'usr/bin/legacy': program(auditableBinary(crates, 'elf', '.rust-deps-v0')),
          'opt/app.exe': auditableBinary(crates, 'pe'),
          'opt/app-darwin': program(auditableBinary(crates, 'mach-o')),
          'opt/plain': program(auditableBinary(crates, 'elf', '.comment')),
          'opt/not-executable': auditableBinary(crates),
        },
      },
    ],
  },
  /** Since go-rustaudit 0.2 modules of WebAssembly tell their crates too. */
  'rust-wasm': { layers: [{ files: { 'app.wasm': program(auditableBinary(crates, 'wasm')) } }] },
  'rust-lock': {
    layers: [
      {
        files: {
          'alone/Cargo.lock': lock(['a', '0.1.0', 'time'], ['time', '0.1.43'], ['rand', '0.8.0']),
          'app/Cargo.lock': lock(
            ['a', '0.1.0', 'time'],
            ['time', '0.1.43', 'libc'],
            ['libc', '0.2.1'],
            ['rand', '0.8.0'],
          ),
          'app/Cargo.toml':
            '[package]\nname = "a"\nversion = "0.1.0"\n[dependencies]\ntime = "0.1"\n[dev-dependencies]\nrand = "0.8"\n',
          'broken/Cargo.lock': '[[package',
        },
      },
    ],
  },
  /** A workspace without a package of its own: what its members need counts since Trivy 0.49. */
  'rust-workspace': {
    layers: [
      {
        files: {
          'Cargo.lock': lock(['m', '0.1.0', 'time'], ['time', '0.1.43'], ['rand', '0.8.0']),
          'Cargo.toml': '[workspace]\nmembers = ["crates/*"]\n',
          'crates/m/Cargo.toml': '[package]\nname = "m"\nversion = "0.1.0"\n[dependencies]\ntime = "0.1"\n',
        },
      },
    ],
  },
}
