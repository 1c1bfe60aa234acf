import { quotaRefusal, type QuotaRule, type QuotaState } from '../../quota.ts'

const refusal = ({ resetAt, now }: QuotaState) =>
  quotaRefusal(
    429,
    { errors: [{ code: 'TOOMANYREQUESTS', message: 'too many requests' }] },
    {
      'retry-after': String(Math.ceil((resetAt - now) / 1000)),
    },
  )

/** Of one identity at a Basic or Standard registry, a token bucket (learn.microsoft.com, "Azure Container Registry SKU features"). */
export function acrQuota(host: string): readonly QuotaRule[] {
  const isSignIn = (url: URL): boolean => url.pathname.startsWith('/oauth2/')
  return [
    {
      counts: ({ url }) => url.hostname === host && !isSignIn(url),
      requests: 5000,
      seconds: 60,
      window: 'bucket',
      refusal,
    },
    {
      counts: ({ url }) => url.hostname === host && isSignIn(url),
      requests: 10_000,
      seconds: 60,
      window: 'bucket',
      refusal,
    },
  ]
}
