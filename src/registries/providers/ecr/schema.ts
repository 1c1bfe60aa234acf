import { z } from 'zod'
import { Secret } from '../../../core/index.ts'
import {
  optionalSecret,
  optionalText,
  parseSettings,
  requiredText,
  switchedOn,
  type Transport,
  transportOf,
  transportShape,
} from '../../index.ts'
import { partitionOf, type RegistryPlace } from './partitions.ts'

export interface AccessKey {
  readonly id: string
  readonly secret: Secret<string>
  /** Of temporary keys only. */
  readonly sessionToken: Secret<string> | undefined
}

export interface Role {
  readonly arn: string
  readonly externalId: string | undefined
}

export interface EcrSettings extends RegistryPlace {
  /** undefined: the identity of the server itself, which was allowed. */
  readonly key: AccessKey | undefined
  /** Taken on with the key or that identity. */
  readonly role: Role | undefined
  readonly transport: Transport
}

const regionMissing = 'The region is missing, such as us-east-1.'
const accountMissing = 'The account number is missing: 12 digits.'
const ambientRefused =
  "The key is missing. This server's own AWS identity could stand in for it, but the operator has not allowed that for this organisation."

const form = z.object({
  accessKeyId: optionalText(128).refine((id) => id === undefined || /^\w{16,128}$/.test(id), {
    message: 'That is no access key ID: it has 20 letters and digits and begins with AKIA or ASIA.',
  }),
  secretAccessKey: optionalSecret,
  sessionToken: optionalSecret,
  region: requiredText(50, regionMissing).refine((region) => /^[a-z]{2,5}(-[a-z]+)+-\d{1,2}$/.test(region), {
    message: 'Write the code of the region, such as us-east-1 or us-gov-west-1.',
  }),
  accountId: requiredText(20, accountMissing).transform((id) => id.replace(/[\s-]/g, '')),
  roleArn: optionalText(2048),
  externalId: optionalText(1224).refine((id) => id === undefined || /^[\w+=,.@:/-]{2,}$/.test(id), {
    message: 'An external ID has two characters or more: letters, digits and + = , . @ : / - _.',
  }),
  useFips: switchedOn,
  useDualStack: switchedOn,
  ...transportShape,
})

type Form = z.output<typeof form>
type Problem = readonly [field: keyof Form, message: string]

function* keyProblems(values: Form, allowAmbient: boolean): Generator<Problem> {
  const { accessKeyId, secretAccessKey, sessionToken } = values
  if (!accessKeyId && !secretAccessKey) {
    if (sessionToken)
      yield ['accessKeyId', 'A session token belongs to an access key: give its ID and secret too.']
    else if (!allowAmbient)
      yield* [['accessKeyId', ambientRefused] as const, ['secretAccessKey', ambientRefused] as const]
  } else if (!accessKeyId) yield ['accessKeyId', 'The ID of the access key is missing.']
  else if (!secretAccessKey) yield ['secretAccessKey', 'The secret of the access key is missing.']
  else if (accessKeyId.startsWith('ASIA') && !sessionToken) {
    yield ['sessionToken', 'Keys that begin with ASIA are temporary: their session token is missing.']
  }
}

function* placeProblems({ accountId, region, roleArn, externalId, useFips }: Form): Generator<Problem> {
  const partition = partitionOf(region)
  if (!/^\d{12}$/.test(accountId)) yield ['accountId', 'An account number has 12 digits.']
  if (useFips && !partition.hasFips) yield ['useFips', `There are no FIPS endpoints in ${region}.`]
  const role = /^arn:([\w-]+):iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/.exec(roleArn ?? '')
  if (roleArn !== undefined && role === null) {
    yield ['roleArn', 'Write the ARN of the role, such as arn:aws:iam::123456789012:role/portolan.']
  }
  if (role !== null && role[1] !== partition.id) {
    yield [
      'roleArn',
      `The role is in another part of AWS than ${region}: its ARN must begin with arn:${partition.id}:.`,
    ]
  }
  if (externalId !== undefined && roleArn === undefined) {
    yield ['roleArn', 'An external ID belongs to a role: its ARN is missing.']
  }
}

const schema = (allowAmbient: boolean) =>
  form.superRefine((values, context) => {
    for (const [field, message] of [...keyProblems(values, allowAmbient), ...placeProblems(values)])
      context.addIssue({ code: 'custom', path: [field], message })
  })

/** Pasted keys often end in a line break, which would make every signature wrong. */
function trimmed(secret: Secret<string>): Secret<string> {
  return new Secret(secret.reveal().trim())
}

/**
 * @param allowAmbient whether the server's own identity may stand in for a missing key
 * @throws AppError `settings-invalid` (invalid)
 */
export function readSettings(settings: unknown, allowAmbient: boolean): EcrSettings {
  const values = parseSettings(schema(allowAmbient), settings)
  const { accessKeyId, secretAccessKey, sessionToken, roleArn, externalId } = values
  return {
    region: values.region,
    accountId: values.accountId,
    fips: values.useFips,
    dualStack: values.useDualStack,
    key:
      accessKeyId && secretAccessKey
        ? {
            id: accessKeyId,
            secret: trimmed(secretAccessKey),
            sessionToken: sessionToken && trimmed(sessionToken),
          }
        : undefined,
    role: roleArn === undefined ? undefined : { arn: roleArn, externalId },
    transport: transportOf(values),
  }
}
