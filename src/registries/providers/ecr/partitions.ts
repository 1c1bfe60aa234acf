/** A part of AWS with accounts, keys and host names of its own. */
export interface Partition {
  readonly id: string
  /** What the registry's host ends with. */
  readonly suffix: string
  /** The same for hosts that IPv6 reaches too. */
  readonly dualStackSuffix: string
  readonly hasFips: boolean
}

// As the SDK has them (@aws-sdk/core, partitions.js). The first is also that of regions that nobody knows yet.
const commercial: Partition = {
  id: 'aws',
  suffix: 'amazonaws.com',
  dualStackSuffix: 'on.aws',
  hasFips: true,
}
const partitions: readonly (readonly [RegExp, Partition])[] = [
  [/^us-gov-/, { ...commercial, id: 'aws-us-gov' }],
  [/^cn-/, of('aws-cn', 'amazonaws.com.cn', 'on.amazonwebservices.com.cn')],
  [/^eusc-/, of('aws-eusc', 'amazonaws.eu', 'on.amazonwebservices.eu')],
  [/^us-iso-/, of('aws-iso', 'c2s.ic.gov', 'on.aws.ic.gov')],
  [/^us-isob-/, of('aws-iso-b', 'sc2s.sgov.gov', 'on.aws.scloud')],
  [/^eu-isoe-/, of('aws-iso-e', 'cloud.adc-e.uk', 'on.cloud-aws.adc-e.uk')],
  [/^us-isof-/, of('aws-iso-f', 'csp.hci.ic.gov', 'on.aws.hci.ic.gov')],
]

function of(id: string, suffix: string, dualStackSuffix: string): Partition {
  return { id, suffix, dualStackSuffix, hasFips: false }
}

export function partitionOf(region: string): Partition {
  return partitions.find(([pattern]) => pattern.test(region))?.[1] ?? commercial
}

/** Which registry, and by which of its names it is reached. */
export interface RegistryPlace {
  readonly accountId: string
  readonly region: string
  readonly fips: boolean
  readonly dualStack: boolean
}

/**
 * The host that image references name (Amazon ECR user guide, "Amazon ECR endpoints" and "Getting started with making requests
 * over IPv6"). The API's host is the SDK's to know.
 */
export function registryHost({ accountId, region, fips, dualStack }: RegistryPlace): string {
  const { suffix, dualStackSuffix } = partitionOf(region)
  const service = `${dualStack ? 'dkr-ecr' : 'dkr.ecr'}${fips ? '-fips' : ''}`
  return `${accountId}.${service}.${region}.${dualStack ? dualStackSuffix : suffix}`
}
