/** What one document may have; the largest real ones are a tenth of it. */
export const SBOM_LIMITS = {
  bytes: 64 * 1024 * 1024,
  components: 200_000,
  /** Properties, licences and external references of one component. */
  details: 1_000,
  notes: 100,
} as const
