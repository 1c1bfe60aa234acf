import { quotaRefusal, type QuotaRule } from '../../quota.ts'
import { problem } from './answers.ts'

const counts: QuotaRule['counts'] = ({ url }) => url.hostname === 'api.github.com'

/** docs.github.com, "Rate limits for the REST API": primary, by the hour; secondary, by the minute and side by side. */
export const githubQuota: readonly QuotaRule[] = [
  {
    counts,
    requests: 5000,
    seconds: 3600,
    window: 'fixed',
    freeStatus: 304,
    headers: ({ limit, remaining, resetAt }) => ({
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(remaining),
      'x-ratelimit-used': String(limit - remaining),
      'x-ratelimit-reset': String(Math.floor(resetAt / 1000)),
      'x-ratelimit-resource': 'core',
    }),
    refusal: () => quotaRefusal(403, problem(403, 'API rate limit exceeded for user ID 583231.')),
  },
  {
    counts,
    requests: 900,
    seconds: 60,
    window: 'sliding',
    atOnce: 100,
    refusal: () =>
      quotaRefusal(403, problem(403, 'You have exceeded a secondary rate limit.'), { 'retry-after': '60' }),
  },
]
