import { AppError, type AppErrorOptions, isAppError, safeText, stripEnd } from '../../../core/index.ts'
import { answerInvalid, repositoryNotFound } from '../../index.ts'

/** What was asked, so that a refusal can name it. */
export interface AskedOfAws {
  /** `ecr:DescribeImages`, as permissions are written. */
  readonly action: string
  readonly region: string
  readonly accountId: string
  readonly repository?: string
  /** The role that was to be taken on, where that is what failed. */
  readonly roleArn?: string | undefined
}

/** An error as AWS states it, whichever protocol it came by. */
interface Stated {
  readonly name: string
  readonly message: string
  readonly status: number
}

type Facts = Omit<AppErrorOptions, 'cause'>
type Rule = readonly [name: RegExp, facts: (asked: AskedOfAws, stated: Stated) => Facts]

const refused = (publicMessage: string, remedy: string): Facts => ({
  code: 'credentials-refused',
  kind: 'auth',
  publicMessage: `Credentials refused: ${publicMessage}`,
  remedy,
})

const said = ({ name, message }: Stated): string =>
  `(it says: ${name}${message === '' ? '' : `: ${stripEnd(safeText(message, 600), '. ')}`})`

// Names are those of the common errors of AWS (API reference, "Common Errors"), of STS and of ECR; the first that fits decides.
const rules: readonly Rule[] = [
  [
    /^(UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId|AuthFailure|OptInRequired)$/,
    ({ region }, stated) =>
      refused(
        `AWS does not know this Access Key ID in ${region} ${said(stated)}.`,
        'Check the Access Key ID: it may be deleted or inactive, or belong to another part of AWS (keys of AWS, GovCloud and China are separate), or the region may not be enabled for the account.',
      ),
  ],
  [/^(ExpiredToken|ExpiredTokenException|TokenRefreshRequired)$/, expired],
  [/^(InvalidSignatureException|SignatureDoesNotMatch|RequestExpired|RequestTimeTooSkewed)$/, signature],
  [
    /^(IncompleteSignature|MissingAuthenticationToken|InvalidIdentityToken|IDPRejectedClaim|NotAuthorized)/,
    (_, stated) => refused(`AWS does not accept them ${said(stated)}.`, 'Check all parts of the key.'),
  ],
  [/^(AccessDenied|AccessDeniedException|UnauthorizedOperation|BlockedByOrganizationPolicy)/, denied],
  [
    /^RepositoryNotFoundException$/,
    ({ repository = '', accountId, region }) =>
      factsOf(repositoryNotFound(`account ${accountId} in ${region}`, repository)),
  ],
  [/^(Throttl|TooManyRequests|RequestLimitExceeded|RequestThrottled|SlowDown)/, throttled],
  [
    /^(ServerException|InternalFailure|InternalError|InternalServerError|ServiceUnavailable)/,
    ({ region }, stated) => ({
      code: 'registry-failing',
      kind: 'temporary',
      publicMessage: `AWS fails in ${region} ${said(stated)}.`,
      remedy: 'Try again later; health.aws.amazon.com says whether there is trouble.',
    }),
  ],
]

function factsOf({ code, kind, publicMessage, remedy = '' }: AppError): Facts {
  return { code, kind, publicMessage, remedy }
}

function expired(_: AskedOfAws, stated: Stated): Facts {
  return refused(
    `the session token has expired ${said(stated)}.`,
    'Temporary keys end within hours. Enter new ones, or use a role or a key of a user.',
  )
}

/** A wrong secret and a wrong clock have the same name; the text tells them apart. */
function signature({ region }: AskedOfAws, stated: Stated): Facts {
  const isLate = /expired|not yet current|earlier than|later than|skew/i.test(stated.message)
  if (!isLate && !stated.name.startsWith('Request')) {
    return refused(
      `the Secret Access Key does not belong to this Access Key ID ${said(stated)}.`,
      'Enter both parts of the key again.',
    )
  }
  return {
    code: 'clock-wrong',
    kind: 'invalid',
    publicMessage: `The clock of this server differs from that of AWS in ${region} by more than 5 minutes ${said(stated)}.`,
    remedy: 'Set the clock of this server, by NTP.',
  }
}

/** AWS names who may not do what, and why (IAM user guide, "Troubleshoot access denied error messages"). */
function denied(asked: AskedOfAws, stated: Stated): Facts {
  const action = /not authorized to perform: ([\w-]+:\w+)/.exec(stated.message)?.[1] ?? asked.action
  return {
    code: 'permission-missing',
    kind: 'denied',
    publicMessage: `The permission ${action} is missing ${said(stated)}.`,
    remedy: deniedRemedy(asked, action, stated.message),
  }
}

function deniedRemedy({ accountId, roleArn }: AskedOfAws, action: string, message: string): string {
  const caller = /arn:[\w-]+:(?:iam|sts)::(\d{12}):/.exec(message)?.[1]
  if (/explicit deny/i.test(message)) {
    return `A policy forbids ${action} explicitly (the message says which kind): change that one.`
  }
  if (roleArn !== undefined) {
    return `Allow sts:AssumeRole on ${roleArn} to the key, and the key in the trust policy of the role; check the external ID.`
  }
  if (caller !== undefined && caller !== accountId) {
    return `The key belongs to account ${caller}, the form names ${accountId}: correct the Account ID, or use a role in account ${accountId}, or allow ${action} there to account ${caller}.`
  }
  return `Allow ${action} in the policy of the user or role; the page of this platform has a policy to copy.`
}

function throttled({ region }: AskedOfAws, stated: Stated): Facts {
  return {
    code: 'registry-rate-limited',
    kind: 'rate-limited',
    publicMessage: `AWS asks us to slow down in ${region} ${said(stated)}.`,
    remedy: 'Nothing to do: it goes on by itself. AWS raises the quotas of an account on request.',
  }
}

function statedIn(error: unknown): Stated | undefined {
  if (!(error instanceof Error)) return undefined
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } }
  const status = $metadata?.httpStatusCode
  if (status === undefined || status < 300) return undefined
  return { name: safeText(error.name, 100), message: error.message, status }
}

/** What an error that the SDK threw means here, with the permission by its name. */
export function awsError(thrown: unknown, asked: AskedOfAws): AppError {
  if (isAppError(thrown)) return thrown
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return new AppError({ code: 'cancelled', kind: 'cancelled', publicMessage: 'Cancelled.', cause: thrown })
  }
  const stated = statedIn(thrown)
  if (stated === undefined)
    return answerInvalid(`AWS in ${asked.region}`, 'something in an unknown form', thrown)
  const facts = rules.find(([name]) => name.test(stated.name))?.[1](asked, stated) ?? byStatus(asked, stated)
  return new AppError({ ...facts, cause: thrown })
}

function byStatus(asked: AskedOfAws, stated: Stated): Facts {
  if (stated.status === 429) return throttled(asked, stated)
  const isFailing = stated.status >= 500
  return {
    code: isFailing ? 'registry-failing' : 'registry-refused',
    kind: isFailing ? 'temporary' : 'invalid',
    publicMessage: `AWS in ${asked.region} refuses ${asked.action} ${said(stated)}.`,
    remedy: isFailing ? 'Try again later.' : 'Check region and account ID.',
  }
}
