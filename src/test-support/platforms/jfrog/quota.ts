import { quotaRefusal, type QuotaRule } from '../../quota.ts'

/** Three searches side by side; more wait for ten seconds there and are refused then, here at once (docs.jfrog.com, AQL performance). */
export const jfrogQuota: readonly QuotaRule[] = [
  {
    counts: ({ url }) => url.pathname === '/artifactory/api/search/aql',
    requests: Infinity,
    seconds: 60,
    window: 'fixed',
    atOnce: 3,
    refusal: () => quotaRefusal(429, { errors: [{ status: 429, message: 'Too Many Requests' }] }),
  },
]
