import { quotaRefusal, type QuotaRule } from '../../quota.ts'

/**
 * 20 calls of the API a second, of which 200 may be saved up: the lowest that is published for any call (docs.aws.amazon.com, Amazon
 * ECR, "Common errors"); none is published for those that list. 2,000 a second at the registry ("Amazon ECR service quotas").
 */
export function ecrQuota({
  api,
  registry,
}: {
  readonly api: string
  readonly registry: string
}): readonly QuotaRule[] {
  return [
    {
      counts: ({ url }) => url.hostname === api,
      requests: 20,
      seconds: 1,
      window: 'bucket',
      burst: 200,
      refusal: () =>
        quotaRefusal(
          400,
          { __type: 'ThrottlingException', message: 'Rate exceeded' },
          {
            'content-type': 'application/x-amz-json-1.1',
          },
        ),
    },
    {
      counts: ({ url }) => url.hostname === registry,
      requests: 2000,
      seconds: 1,
      window: 'bucket',
      refusal: () => quotaRefusal(429, { errors: [{ code: 'TOOMANYREQUESTS', message: 'Rate exceeded' }] }),
    },
  ]
}
