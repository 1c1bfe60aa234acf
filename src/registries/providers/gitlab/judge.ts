import { AppError } from '../../../core/index.ts'
import type { HttpRequest, HttpResponse } from '../../../platform/http/index.ts'
import type { SignInVerdict } from '../../index.ts'
import { scopeMissing } from './api.ts'
import type { GitlabSettings } from './schema.ts'

/** How long GitLab shuts out an address after failed sign-ins: 15 minutes on GitLab.com, an hour elsewhere by default. */
const banOfGitlabCom = 15 * 60_000
const banElsewhere = 60 * 60_000

function refused(host: string): AppError {
  return new AppError({
    code: 'credentials-refused',
    kind: 'auth',
    publicMessage: `Credentials refused: ${host} does not accept this username and token.`,
    remedy:
      'Check both; the token may have expired or been revoked. A deploy token needs the field Repositories: it cannot list.',
  })
}

function shutOut(host: string, now: number): AppError {
  const retryAt = now + (host === 'gitlab.com' ? banOfGitlabCom : banElsewhere)
  return new AppError({
    code: 'sign-in-blocked',
    kind: 'rate-limited',
    publicMessage: `${host} answers 403 without a reason, as it does for a while after many failed sign-ins from one address.`,
    remedy: `Nothing is sent until ${new Date(retryAt).toISOString()}. Find out what else signs in from this address with a wrong token; a firewall before GitLab may be the cause, too.`,
    retryAt,
  })
}

/**
 * What GitLab's answers say of the token. After many failures it bans the address for everybody behind it (300 a minute on
 * GitLab.com, 30 in three minutes elsewhere; docs.gitlab.com, failed authentication ban), so one is enough for us.
 */
export function createJudge({ gitlabUrl }: Pick<GitlabSettings, 'gitlabUrl'>, now: () => number) {
  const gitlab = new URL(gitlabUrl)
  return function judge(request: HttpRequest, response: HttpResponse): SignInVerdict | undefined {
    const { status } = response
    const { host, pathname } = new URL(request.url)
    if (host !== gitlab.host) return undefined
    if (status === 401) return { error: refused(host), final: true }
    if (status !== 403) return undefined
    const isReasoned = /\bjson\b/i.test(response.header('content-type') ?? '')
    if (!isReasoned) return { error: shutOut(host, now()), final: true }
    // The token server says DENIED to a token that it knows and that lacks the scope.
    const isApi = pathname.includes('/api/')
    return isApi ? undefined : { error: scopeMissing(host, 'read_registry', 'pull'), final: true }
  }
}
