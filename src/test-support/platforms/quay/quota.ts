import { quotaRefusal, type QuotaRule } from '../../quota.ts'

const page = '<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n</html>\r\n'
const refusal = () => quotaRefusal(429, page, { 'content-type': 'text/html' })

/** By nginx, for clients that speak HTTP/1.1 (quay/quay, conf/nginx/rate-limiting.conf.jnj and server-base.conf.jnj). */
export function quayQuota(host: string): readonly QuotaRule[] {
  return [
    {
      counts: ({ url }) => url.hostname === host && url.pathname.startsWith('/api/'),
      requests: 5,
      seconds: 1,
      window: 'bucket',
      burst: 25,
      refusal,
    },
    {
      counts: ({ url }) => url.hostname === host && /^\/v2\/.+\/(?:manifests|blobs)\//.test(url.pathname),
      requests: 50,
      seconds: 1,
      window: 'bucket',
      refusal,
    },
  ]
}
