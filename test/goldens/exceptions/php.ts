import type { Exception } from '../exception.ts'

export const phpExceptions: readonly Exception[] = [
  {
    images: ['php-installed'],
    trivy: '0.44.1',
    rule: "Composer's installed.json is read.",
    source: 'Trivy 0.53, aquasecurity/trivy#4865: "add installed.json file support"',
    covers: ({ side }) => side === 'portolan',
  },
]
