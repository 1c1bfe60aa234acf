import { quotaRefusal, type QuotaRule, type QuotaState } from '../../quota.ts'

const headers = ({ limit, remaining, resetAt }: QuotaState) => ({
  'ratelimit-limit': String(limit),
  'ratelimit-observed': String(limit - remaining),
  'ratelimit-remaining': String(remaining),
  'ratelimit-reset': String(Math.ceil(resetAt / 1000)),
})

const refusal = ({ resetAt, now }: QuotaState) =>
  quotaRefusal(429, 'Retry later\n', {
    'content-type': 'text/plain',
    'retry-after': String(Math.ceil((resetAt - now) / 1000)),
  })

/** Of an account at GitLab.com, by the minute (docs.gitlab.com, "Rate limits on GitLab.com"). */
export const gitlabQuota: readonly QuotaRule[] = [
  {
    counts: ({ url }) =>
      url.hostname === 'gitlab.com' && /^\/api\/v4\/(?:groups|projects)\/[^/]+$/.test(url.pathname),
    requests: 400,
    seconds: 60,
    window: 'fixed',
    refusal,
  },
  {
    counts: ({ url }) => url.hostname === 'gitlab.com' && url.pathname.startsWith('/api/'),
    requests: 2000,
    seconds: 60,
    window: 'fixed',
    headers,
    refusal,
  },
]
