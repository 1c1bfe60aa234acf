import { type PlatformDescription, transportFields } from '../../index.ts'

const guide = 'https://docs.aws.amazon.com/AmazonECR/latest/userguide'
const commonErrors = `${guide}/common-errors.html (GetAuthorizationToken)`
const quotas = `${guide}/service-quotas.html (BatchGetImage)`

const optional = { required: false, secret: false } as const

const policy = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'SignIn',
      Effect: 'Allow',
      Action: 'ecr:GetAuthorizationToken',
      Resource: '*',
    },
    {
      Sid: 'ListRepositories',
      Effect: 'Allow',
      Action: 'ecr:DescribeRepositories',
      Resource: 'arn:aws:ecr:REGION:ACCOUNT_ID:repository/*',
    },
    {
      Sid: 'ReadImages',
      Effect: 'Allow',
      Action: ['ecr:ListImages', 'ecr:DescribeImages', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      Resource: 'arn:aws:ecr:REGION:ACCOUNT_ID:repository/*',
    },
  ],
}

export const description: PlatformDescription = {
  id: 'ecr',
  label: 'AWS ECR',
  summary:
    'Private registries of Amazon Elastic Container Registry: AWS, AWS GovCloud, AWS China and the other partitions.',
  docs: 'docs/registries/ecr.md',
  fields: [
    {
      name: 'accessKeyId',
      label: 'Access Key ID',
      kind: 'text',
      required: true,
      orAmbient: true,
      secret: false,
      help: 'AWS IAM access key',
      placeholder: 'AKIAIOSFODNN7EXAMPLE',
    },
    {
      name: 'secretAccessKey',
      label: 'Secret Access Key',
      kind: 'password',
      required: true,
      orAmbient: true,
      secret: true,
      help: 'AWS IAM secret key (encrypted)',
    },
    {
      name: 'region',
      label: 'Region',
      kind: 'text',
      required: true,
      secret: false,
      help: 'AWS region (e.g., us-east-1)',
      placeholder: 'us-east-1',
    },
    {
      name: 'accountId',
      label: 'Account ID',
      kind: 'text',
      required: true,
      secret: false,
      help: 'AWS account number',
      placeholder: '123456789012',
    },
    {
      name: 'sessionToken',
      label: 'Session Token',
      kind: 'password',
      required: false,
      secret: true,
      help: 'Of temporary keys, which begin with ASIA. They end within hours: a role is better.',
    },
    {
      ...optional,
      name: 'roleArn',
      label: 'Role ARN',
      kind: 'text',
      help: 'A role to take on, for example one in the account of the registry. The key needs sts:AssumeRole on it.',
      placeholder: 'arn:aws:iam::123456789012:role/portolan',
    },
    {
      ...optional,
      name: 'externalId',
      label: 'External ID',
      kind: 'text',
      help: 'Where the trust policy of the role asks for one (sts:ExternalId).',
    },
    {
      ...optional,
      name: 'useFips',
      label: 'FIPS endpoints',
      kind: 'boolean',
      help: 'Only endpoints with FIPS 140 validated cryptography. In regions of the United States and in GovCloud.',
    },
    {
      ...optional,
      name: 'useDualStack',
      label: 'Dual-stack endpoints',
      kind: 'boolean',
      help: 'Endpoints that IPv6 reaches too. Images are then named by another host.',
    },
    ...transportFields,
  ],
  permissions: [
    {
      name: 'ecr:GetAuthorizationToken',
      why: 'To sign in to the registry. Only on resource "*", and only by an identity policy.',
    },
    { name: 'ecr:DescribeRepositories', why: 'To find the repositories.' },
    { name: 'ecr:ListImages', why: 'To list tags by the registry protocol, as docker and other tools do.' },
    { name: 'ecr:DescribeImages', why: 'To find tags with digest, push date and size.' },
    { name: 'ecr:GetDownloadUrlForLayer', why: 'To read layers (for image scanning).' },
    { name: 'ecr:BatchGetImage', why: 'To read manifests.' },
  ],
  policy: {
    label:
      'Identity policy; put in REGION and ACCOUNT_ID. In GovCloud write arn:aws-us-gov, in China arn:aws-cn in place of arn:aws.',
    text: JSON.stringify(policy, null, 2),
  },
  limits: [
    // No rate is published for the calls that list: this is the lowest that is published for any call of the API.
    { bucket: 'api', requests: 20, seconds: 1, source: commonErrors },
    { bucket: 'registry', requests: 2000, seconds: 1, source: quotas },
  ],
}
