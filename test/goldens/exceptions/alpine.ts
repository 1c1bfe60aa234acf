import type { Exception } from '../exception.ts'

export const alpineExceptions: readonly Exception[] = [
  {
    images: ['alpine-merged-usr'],
    trivy: '0.44.1',
    rule: 'The apk database is read at usr/lib/apk/db/installed too.',
    source: 'Trivy 0.63, aquasecurity/trivy#8937: "support new APK database location"',
    covers: ({ side }) => side === 'portolan'
  },
]
