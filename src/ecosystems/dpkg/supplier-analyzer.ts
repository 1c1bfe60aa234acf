import type { Analyzer } from '../../indexing/index.ts'

/** Recognises images that RapidFort made, by a file that only needs to be there (Trivy 0.74, pkg/fanal/analyzer/rapidfort). */
export const supplierAnalyzer: Analyzer = {
  id: 'dpkg-supplier',
  version: 1,
  maxSize: 16 * 1024 * 1024,
  wants: (file) => file.path === 'usr/share/rapidfort/curated.json',
  read: (path) => [{ kind: 'os', path, family: '', release: '', supplier: 'rapidfort' }],
}
