import type { Exception } from '../exception.ts'

const programs = ['go-binaries', 'go-gopath', 'go-odd-modules', 'go-layers']
const isOf = (row: object, name: string): boolean =>
  ('name' in row && row.name === name) ||
  ('package' in row && row.package === name) ||
  ('purl' in row && String(row.purl).startsWith(`pkg:golang/${name}`))

export const goExceptions: readonly Exception[] = [
  {
    images: programs,
    trivy: '0.44.1',
    rule: 'The standard library of a Go program is a package, with the version of Go.',
    source: 'Trivy 0.51, aquasecurity/trivy#6277: "goversion as stdlib"',
    covers: ({ side, row }) => side === 'portolan' && isOf(row, 'stdlib'),
  },
  {
    images: ['go-binaries', 'go-odd-modules', 'go-layers'],
    trivy: '0.44.1',
    rule: 'The main module of a Go program is a package; its version may come from the flags of the linker.',
    source: 'Trivy 0.51, aquasecurity/trivy#6530, #6564: "parse main mod version from build info settings"',
    covers: ({ side, row }) => side === 'portolan' && isOf(row, 'github.com/acme/app'),
  },
  {
    images: ['go-odd-modules'],
    trivy: '0.44.1',
    rule: 'Go: (devel) is no version: the package has none and is not looked up.',
    source: 'Trivy 0.51, aquasecurity/trivy#6530, #6542: "skip empty versions"',
    covers: ({ row }) => isOf(row, 'github.com/acme/lib'),
  },
]
