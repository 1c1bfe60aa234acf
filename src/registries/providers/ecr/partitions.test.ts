import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import { describe, expect, it } from 'vitest'
import { partitionOf, registryHost } from './partitions.ts'

const accountId = '123456789012'

// As AWS's documentation has them ("Amazon ECR endpoints", "Making requests over IPv6").
describe('the host of a registry', () => {
  it.each([
    ['us-east-1', false, false, '123456789012.dkr.ecr.us-east-1.amazonaws.com'],
    ['us-east-1', true, false, '123456789012.dkr.ecr-fips.us-east-1.amazonaws.com'],
    ['eu-central-1', false, true, '123456789012.dkr-ecr.eu-central-1.on.aws'],
    ['us-west-2', true, true, '123456789012.dkr-ecr-fips.us-west-2.on.aws'],
    ['us-gov-west-1', false, false, '123456789012.dkr.ecr.us-gov-west-1.amazonaws.com'],
    ['us-gov-east-1', true, false, '123456789012.dkr.ecr-fips.us-gov-east-1.amazonaws.com'],
    ['us-gov-west-1', false, true, '123456789012.dkr-ecr.us-gov-west-1.on.aws'],
    ['cn-north-1', false, false, '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn'],
    ['cn-northwest-1', false, true, '123456789012.dkr-ecr.cn-northwest-1.on.amazonwebservices.com.cn'],
    ['eusc-de-east-1', false, false, '123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu'],
    ['us-iso-east-1', false, false, '123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov'],
    ['us-isob-east-1', false, false, '123456789012.dkr.ecr.us-isob-east-1.sc2s.sgov.gov'],
    ['eu-isoe-west-1', false, false, '123456789012.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk'],
    ['us-isof-south-1', false, false, '123456789012.dkr.ecr.us-isof-south-1.csp.hci.ic.gov'],
    ['xx-new-1', false, false, '123456789012.dkr.ecr.xx-new-1.amazonaws.com'],
  ])('%s, FIPS %s, dual-stack %s', (region, fips, dualStack, host) => {
    expect(registryHost({ accountId, region, fips, dualStack })).toBe(host)
  })
})

/** Where the SDK would send a request. */
async function apiHost(region: string, useDualstackEndpoint: boolean): Promise<string> {
  let host = ''
  const client = new ECRClient({
    region,
    useDualstackEndpoint,
    useFipsEndpoint: false,
    maxAttempts: 1,
    defaultsMode: 'standard',
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' },
    requestHandler: {
      handle({ hostname }: { readonly hostname: string }) {
        host = hostname
        return Promise.reject(new Error('not sent'))
      },
    },
  })
  await client.send(new GetAuthorizationTokenCommand({})).catch(() => undefined)
  return host
}

describe('partitions', () => {
  it.each([
    'us-east-1',
    'us-gov-west-1',
    'cn-north-1',
    'eusc-de-east-1',
    'us-iso-west-1',
    'us-isob-west-1',
    'eu-isoe-west-1',
    'us-isof-east-1',
  ])('of %s are those that the SDK knows', async (region) => {
    const { suffix, dualStackSuffix } = partitionOf(region)
    expect(await apiHost(region, false)).toBe(`api.ecr.${region}.${suffix}`)
    expect(await apiHost(region, true)).toBe(`ecr.${region}.${dualStackSuffix.replace(/^on\./, 'api.')}`)
  })
})
