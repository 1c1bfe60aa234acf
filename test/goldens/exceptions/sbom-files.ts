import type { Exception } from '../exception.ts'

export const sbomFileExceptions: readonly Exception[] = [
  {
    images: ['sbom-files-no-versions'],
    trivy: '0.44.1',
    rule: 'A library without a version is listed and not looked up.',
    source: 'Trivy 0.51, aquasecurity/trivy#6542: "skip empty versions"',
    covers: ({ side, row }) => side === 'trivy' && 'vulnerability' in row,
  },
  {
    images: ['sbom-files-bitnami'],
    trivy: '0.44.1',
    rule: "Components in Bitnami's SBOM files lie in the component's folder, have their architecture in the package URL, and are matched.",
    source: 'Trivy 0.45, aquasecurity/trivy#5062: "add support for scanning Bitnami components"; 0.74, pkg/fanal/analyzer/sbom, handleBitnamiImages',
    covers: ({ row }) =>
      ('path' in row && row.path.startsWith('opt/bitnami/')) ||
      ('purl' in row && row.purl.startsWith('pkg:bitnami/')),
  },
]
