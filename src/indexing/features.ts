import type { LayerFeatures } from './ports.ts'

/** Files in which package managers keep their lists and locks: the names that new analyzers are likely to look for. */
const WELL_KNOWN_NAMES: ReadonlySet<string> = new Set(
  `status installed Packages Packages.db rpmdb.sqlite package.json package-lock.json yarn.lock pnpm-lock.yaml bun.lock METADATA PKG-INFO
  requirements.txt Pipfile.lock poetry.lock uv.lock pylock.toml environment.yml Gemfile.lock composer.lock installed.json go.mod go.sum
  Cargo.lock Cargo.toml pom.xml pom.properties gradle.lockfile build.sbt.lock packages.lock.json packages.config mix.lock pubspec.lock
  Directory.Packages.props Podfile.lock Package.resolved conan.lock Manifest.toml cpanfile.snapshot rebar.lock`.split(
    /\s+/,
  ),
)

const MAX_EXTENSIONS = 1_000
const MAX_EXTENSION_LENGTH = 16
/** ELF, WebAssembly, Mach-O in its four forms; PE has two letters only. */
const MAGIC_NUMBERS = [0x7f454c46, 0x0061736d, 0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe]
const MZ = 0x4d5a

/** Gathers a layer's features while its files go by. */
export class FeatureCollector {
  executables = false
  readonly #extensions = new Set<string>()
  readonly #names = new Set<string>()

  file(path: string): void {
    const name = path.slice(path.lastIndexOf('/') + 1)
    if (WELL_KNOWN_NAMES.has(name)) this.#names.add(name)
    const dot = name.lastIndexOf('.')
    if (dot < 0 || name.length - dot > MAX_EXTENSION_LENGTH || this.#extensions.size > MAX_EXTENSIONS) return
    this.#extensions.add(name.slice(dot + 1).toLowerCase())
  }

  head(first: Uint8Array): void {
    this.executables ||= isExecutable(first)
  }

  /** undefined for a layer with more kinds of files than can be kept: it concerns every analyzer. */
  features(): LayerFeatures | undefined {
    if (this.#extensions.size > MAX_EXTENSIONS) return undefined
    return {
      extensions: [...this.#extensions].sort(),
      names: [...this.#names].sort(),
      executables: this.executables,
    }
  }
}

function isExecutable(first: Uint8Array): boolean {
  const [a = 0, b = 0, c = 0, d = 0] = first
  return MAGIC_NUMBERS.includes(((a << 24) | (b << 16) | (c << 8) | d) >>> 0) || ((a << 8) | b) === MZ
}
