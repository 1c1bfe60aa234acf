import type { Exception } from '../exception.ts'

const inFile = (row: object, folder: string): boolean =>
  'path' in row && typeof row.path === 'string' && row.path.startsWith(`${folder}/`)

export const pythonExceptions: readonly Exception[] = [
  {
    images: ['python-later-rules'],
    trivy: '0.44.1',
    rule: 'Python: METADATA with a line that is no header, or with control characters, counts as far as it goes.',
    source: 'Trivy main, pkg/dependency/parser/python/packaging/parse.go: goes on after textproto.ProtocolError',
    covers: ({ side, row }) =>
      side === 'portolan' &&
      (inFile(row, 'a') || inFile(row, 'b') || ('purl' in row && row.purl === 'pkg:pypi/django@3.2.18')),
  },
  {
    images: ['python-later-rules'],
    trivy: '0.44.1',
    rule: 'Python: *.egg-info/METADATA is read.',
    source: 'Trivy 0.65, aquasecurity/trivy#9151: "supporting .egg-info/METADATA in python.Packaging analyzer"',
    covers: ({ side, row }) => side === 'portolan' && inFile(row, 'c'),
  },
  {
    images: ['python-later-rules'],
    trivy: '0.44.1',
    rule: 'Python: METADATA without a version, or without a name, is no package.',
    source: 'Trivy main, pkg/dependency/parser/python/packaging/parse.go: "name or version is empty"',
    covers: ({ side, row }) =>
      side === 'trivy' && (inFile(row, 'd') || ('purl' in row && row.purl === 'pkg:pypi/django')),
  },
  {
    images: ['python-seal', 'ruby-seal'],
    trivy: '0.44.1',
    rule: 'Libraries that Seal rebuilt are looked up in its own statements, not in those of their ecosystem.',
    source: 'Trivy 0.71, aquasecurity/trivy#10297, #10911: pkg/detector/library/seal',
    covers: ({ row }) => 'vulnerability' in row && /^(?:seal-|rebuilt$)/.test(row.package),
  },
]
