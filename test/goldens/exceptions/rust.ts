import type { Exception } from '../exception.ts'

const isOwn = (row: object, name: string): boolean =>
  ('name' in row && row.name === name) || ('purl' in row && row.purl === `pkg:cargo/${name}@0.1.0`)

export const rustExceptions: readonly Exception[] = [
  {
    images: ['rust-auditable'],
    trivy: '0.44.1',
    rule: 'Rust: crates of programs have package URLs of type cargo.',
    source: 'Trivy 0.45.1, aquasecurity/trivy#5186: "handle rust types"',
    covers: ({ side, row }) =>
      'purl' in row && row.purl.startsWith(side === 'trivy' ? 'pkg:rustbinary/' : 'pkg:cargo/'),
  },
  {
    images: ['rust-wasm'],
    trivy: '0.44.1',
    rule: 'Rust: modules of WebAssembly are read.',
    source: 'Trivy 0.60, aquasecurity/trivy#8450: go-rustaudit 0.2, "extract dep info from wasm modules"',
    covers: ({ side }) => side === 'portolan',
  },
  {
    images: ['rust-lock', 'rust-workspace'],
    trivy: '0.44.1',
    rule: 'Rust: the program and the members of its workspace are listed with what they need.',
    source: 'Trivy 0.62, aquasecurity/trivy#8676: "add root and workspace relationships/package"',
    covers: ({ side, row }) => side === 'portolan' && (isOwn(row, 'a') || isOwn(row, 'm')),
  },
  {
    images: ['rust-workspace'],
    trivy: '0.44.1',
    rule: 'Rust: what the members of a workspace need is not for development.',
    source: 'Trivy 0.49, aquasecurity/trivy#5285: "Support workspace.members parsing for Cargo.toml analysis"',
    covers: ({ side, row }) =>
      side === 'portolan' &&
      (('name' in row && row.name === 'time') ||
        ('package' in row && row.package === 'time') ||
        ('purl' in row && row.purl.startsWith('pkg:cargo/time@'))),
  },
  {
    images: ['rust-lock'],
    trivy: '0.44.1',
    rule: 'Rust: a crate that only another crate needs has a package URL.',
    source: "Its own list of packages has the crate; its CycloneDX drops it",
    covers: ({ side, row }) => side === 'portolan' && 'purl' in row && row.purl === 'pkg:cargo/libc@0.2.1',
  },
]
