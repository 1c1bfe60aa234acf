import type { PackageFact } from '../../indexing/index.ts'

/** What a distribution's own packages say of their vendor (Trivy, pkg/fanal/analyzer/pkg/rpm, osVendors): how it begins. */
const VENDORS = [
  'Amazon Linux',
  'Amazon.com',
  'CentOS',
  'Fedora Project',
  'Oracle America',
  'Red Hat',
  'AlmaLinux',
  'CloudLinux',
  'VMware',
  'SUSE',
  'openSUSE',
  'Microsoft Corporation',
  'Rocky',
]

/**
 * Whether a package is the distribution's own, not a third party's. Amazon's may name no vendor (Trivy 0.49,
 * aquasecurity/trivy#5887).
 */
export function isOfficial({ vendor, release }: Pick<PackageFact, 'vendor' | 'release'>): boolean {
  if (!vendor) return release?.includes('amzn') ?? false
  return VENDORS.some((known) => vendor.startsWith(known))
}
