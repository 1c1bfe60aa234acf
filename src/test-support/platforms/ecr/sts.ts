import { randomUUID } from 'node:crypto'
import type { FakeRole, Principals } from './principals.ts'
import type { AwsRefusal } from './sigv4.ts'

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/'

type Session = ReturnType<Principals['assume']>

/** An answer of the query protocol, which is XML. */
export interface XmlAnswer {
  readonly status: number
  readonly body: string
}

const requestId = (): string => `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata>`

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

export function stsError({ status, name, message }: AwsRefusal): XmlAnswer {
  const error = `<Error><Type>Sender</Type><Code>${name}</Code><Message>${escaped(message)}</Message></Error>`
  return {
    status,
    body: `<ErrorResponse xmlns="${namespace}">${error}<RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
  }
}

function assumed(action: string, session: Session): XmlAnswer {
  const credentials = `<Credentials><AccessKeyId>${session.id}</AccessKeyId><SecretAccessKey>${escaped(session.secret)}</SecretAccessKey><SessionToken>${session.sessionToken}</SessionToken><Expiration>${new Date(session.expiresAt).toISOString()}</Expiration></Credentials>`
  const user = `<AssumedRoleUser><AssumedRoleId>AROA123EXAMPLE123:portolan</AssumedRoleId><Arn>${session.arn}</Arn></AssumedRoleUser>`
  return {
    status: 200,
    body: `<${action}Response xmlns="${namespace}"><${action}Result>${user}${credentials}</${action}Result>${requestId()}</${action}Response>`,
  }
}

/** AssumeRole by who has proved to be the owner of a key. */
export function assumeRole(
  principals: Principals,
  form: URLSearchParams,
  keyId: string,
  now: number,
): XmlAnswer {
  const arn = form.get('RoleArn') ?? ''
  const role = principals.roles.get(arn)
  const fits = role !== undefined && (role.externalId ?? null) === form.get('ExternalId')
  if (!fits || !principals.allows(keyId, 'sts:AssumeRole')) {
    const who = principals.byKey.get(keyId)?.arn
    const message = `User: ${who} is not authorized to perform: sts:AssumeRole on resource: ${arn}`
    return stsError({ status: 403, name: 'AccessDenied', message })
  }
  return assumed('AssumeRole', principals.assume(role, form.get('RoleSessionName') ?? '', now))
}

/** AssumeRoleWithWebIdentity: a token that the machine was given is the proof. @param tokens role by token */
export function assumeByToken(
  principals: Principals,
  tokens: ReadonlyMap<string, FakeRole>,
  form: URLSearchParams,
  now: number,
): XmlAnswer {
  const role = tokens.get(form.get('WebIdentityToken') ?? '')
  if (role === undefined || role.arn !== form.get('RoleArn')) {
    const message = 'No OpenIDConnect provider found in your account for https://oidc.example.com'
    return stsError({ status: 400, name: 'InvalidIdentityToken', message })
  }
  const session = principals.assume(role, form.get('RoleSessionName') ?? '', now)
  return assumed('AssumeRoleWithWebIdentity', session)
}
