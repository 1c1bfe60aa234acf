import { AppError, safeText, stripEnd } from '../../core/index.ts'
import { type ApiRefusal, apiError, saidIn } from '../index.ts'
import { refusalAnswer } from './answers/schema.ts'

const API = 'artifactregistry.googleapis.com'

/** Who asked for what, so that a refusal can name it. */
export interface Asking {
  readonly project: string
  /** E-mail address of the account, or what stands for it. */
  readonly account: string
  readonly now: number
}

interface Stated {
  readonly message: string
  readonly status: string
  readonly reason: string
  readonly permission: string
  readonly retryDelay: string
}

/** What Google means by a refusal (google.rpc.Status with ErrorInfo); undefined: what its status says everywhere. */
export function explainRefusal(
  { body, status, response, request }: ApiRefusal,
  asking: Asking,
): AppError | undefined {
  const stated = statedIn(body)
  if (stated === undefined) return undefined
  const said = saidIn(body)
  if (stated.reason === 'SERVICE_DISABLED') return apiDisabled(asking)
  if (stated.reason === 'CONSUMER_INVALID') return projectUnknown(asking, said)
  if (status === 429 || stated.status === 'RESOURCE_EXHAUSTED' || stated.reason === 'RATE_LIMIT_EXCEEDED') {
    const seconds = /^(\d+(?:\.\d+)?)s$/.exec(stated.retryDelay)?.[1]
    const retryAt = seconds === undefined ? undefined : asking.now + Number(seconds) * 1000
    // Without a delay of its own, the header's is read where every refusal is.
    if (retryAt === undefined && response.header('retry-after') !== undefined) return undefined
    return apiError(API, request.doing, { status: 429, said, retryAt })
  }
  if (status === 403 && isPerimeter(stated)) return outsidePerimeter(asking, said)
  if (status === 403) return permissionMissing(stated, request.doing, asking)
  return undefined
}

function statedIn(body: unknown): Stated | undefined {
  const read = refusalAnswer.safeParse(body)
  if (!read.success) return undefined
  const { message, status, details } = read.data.error
  const info = details.find((one) => one['@type'].endsWith('google.rpc.ErrorInfo'))
  const retry = details.find((one) => one['@type'].endsWith('google.rpc.RetryInfo'))
  const named = info?.metadata['permission'] ?? /[Pp]ermission ['"]([\w.]+)['"]/.exec(message)?.[1] ?? ''
  return {
    message,
    status,
    reason: info?.reason ?? '',
    permission: /^[a-z]+(?:\.[A-Za-z]+){1,4}$/.test(named) ? named : '',
    retryDelay: retry?.retryDelay ?? '',
  }
}

function apiDisabled({ project }: Asking): AppError {
  return new AppError({
    code: 'api-disabled',
    kind: 'denied',
    publicMessage: `SERVICE_DISABLED: the Artifact Registry API (${API}) is not enabled in the project ${project}.`,
    remedy: `Enable it at https://console.cloud.google.com/apis/library/${API}?project=${encodeURIComponent(project)} or by \`gcloud services enable ${API} --project=${project}\`; it takes a few minutes to work.`,
  })
}

function projectUnknown({ project }: Asking, said: string): AppError {
  return new AppError({
    code: 'platform-not-found',
    kind: 'not-found',
    publicMessage: `Google knows no project ${project} (it says: ${said}).`,
    remedy: 'Check the project ID: it is neither the name nor the number of the project.',
  })
}

function isPerimeter({ message, reason }: Stated): boolean {
  return reason === 'SECURITY_POLICY_VIOLATED' || /vpcServiceControls|organization's policy/i.test(message)
}

function outsidePerimeter({ project }: Asking, said: string): AppError {
  return new AppError({
    code: 'permission-missing',
    kind: 'denied',
    publicMessage: `The service perimeter (VPC Service Controls) of the project ${project} does not let this server in (it says: ${said}).`,
    remedy: 'Add the addresses that this server connects from to an access level of the perimeter.',
  })
}

function permissionMissing(
  { permission, message }: Stated,
  doing: string,
  { project, account }: Asking,
): AppError {
  const missing = permission === '' ? '' : `: the permission ${permission} is missing`
  return new AppError({
    code: 'permission-missing',
    kind: 'denied',
    publicMessage: `${account} is not allowed to ${doing} in the project ${project}${missing} (PERMISSION_DENIED: ${stripEnd(safeText(message, 300), '. ')}).`,
    remedy: `Grant ${account} a role with ${permission === '' ? 'that permission' : permission} on the project, such as roles/artifactregistry.reader. Google says the same of a project, a region or a repository that does not exist: check their names.`,
  })
}
