import { quotaRefusal, type QuotaRule } from '../../quota.ts'

/** 60,000 requests a minute (cloud.google.com, Artifact Registry, "Quotas and limits"); here for all regions together. */
export const googleQuota: readonly QuotaRule[] = [
  {
    counts: ({ url }) =>
      /(?:^|\.)(?:pkg\.dev|gcr\.io)$|^artifactregistry\.googleapis\.com$/.test(url.hostname),
    requests: 60_000,
    seconds: 60,
    window: 'fixed',
    refusal: () =>
      quotaRefusal(429, {
        error: {
          code: 429,
          message:
            "Quota exceeded for quota metric 'Requests per project in a region' and limit 'per minute'.",
          status: 'RESOURCE_EXHAUSTED',
          details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'RATE_LIMIT_EXCEEDED' }],
        },
      }),
  },
]
