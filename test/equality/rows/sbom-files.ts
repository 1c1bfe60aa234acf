import type { DatabaseRows } from '../../../src/test-support/vulnerability-database/index.ts'

const bucket = 'bitnami::Bitnami Vulnerability Database'

export const sbomFileRows: DatabaseRows = {
  dataSources: [
    {
      bucket,
      id: 'bitnami',
      name: 'Bitnami Vulnerability Database',
      url: 'https://github.com/bitnami/vulndb',
    },
  ],
  advisories: [
    { bucket, package: 'redis', id: 'CVE-2024-44001', vulnerableVersions: ['>=7.0.0, <7.0.9'] },
    { bucket, package: 'redis', id: 'CVE-2024-44002', vulnerableVersions: ['<7.0.8'] },
  ],
  details: [{ id: 'CVE-2024-44001', vendorSeverity: { bitnami: 'HIGH' } }],
}
