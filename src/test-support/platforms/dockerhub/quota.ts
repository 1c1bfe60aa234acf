import { quotaRefusal, type QuotaRule, type QuotaState } from '../../quota.ts'

const isPull = ({ url, method }: { readonly url: URL; readonly method: string }): boolean =>
  url.hostname === 'registry-1.docker.io' && method === 'GET' && url.pathname.includes('/manifests/')

const apiHeaders = ({ limit, remaining, resetAt }: QuotaState) => ({
  'x-ratelimit-limit': String(limit),
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-reset': String(Math.ceil(resetAt / 1000)),
})

const pullHeaders = ({ limit, remaining }: QuotaState) => ({
  'ratelimit-limit': `${limit};w=21600`,
  'ratelimit-remaining': `${remaining};w=21600`,
})

/**
 * The API by the minute, its number not published, so that which its answers state (docs.docker.com, Docker Hub API, "Rate
 * Limiting"); 200 pulls in 6 hours, as for personal accounts ("Docker Hub pull usage and limits").
 */
export const hubQuota: readonly QuotaRule[] = [
  {
    counts: ({ url }) => url.hostname === 'hub.docker.com',
    requests: 600,
    seconds: 60,
    window: 'fixed',
    headers: apiHeaders,
    refusal: ({ resetAt }) =>
      quotaRefusal(
        429,
        { detail: 'Rate limit exceeded', error: false },
        {
          'x-retry-after': String(Math.ceil(resetAt / 1000)),
        },
      ),
  },
  {
    counts: isPull,
    requests: 200,
    seconds: 21_600,
    window: 'sliding',
    headers: pullHeaders,
    refusal: () =>
      quotaRefusal(429, {
        errors: [{ code: 'TOOMANYREQUESTS', message: 'You have reached your pull rate limit.' }],
      }),
  },
]
