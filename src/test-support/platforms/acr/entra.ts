import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody } from '../../registry-server/listen.ts'
import type { TokenBook } from './tokens.ts'

export interface EntraOptions {
  readonly tenant: string
  /** Secret by Client ID. */
  readonly apps: Readonly<Record<string, string>>
  readonly expiredSecrets: ReadonlySet<string>
  /** Client ID by the token of a cluster's service account that a federated credential fits. */
  readonly assertions: ReadonlyMap<string, string>
  /** Scopes that tokens are given for. */
  readonly audiences: ReadonlySet<string>
  readonly tokens: TokenBook
}

type Answer = [status: number, body: object]

function refusal(code: number, error: string, said: string): object {
  const timestamp = new Date().toISOString().replace('T', ' ').replace(/\.\d+/, '')
  return {
    error,
    error_description: `AADSTS${code}: ${said} Trace ID: 0000aaaa-11bb-cccc-dd22-eeeeee333333 Correlation ID: aaaa0000-bb11-2222-33cc-444444dddddd Timestamp: ${timestamp}`,
    error_codes: [code],
    timestamp,
    trace_id: '0000aaaa-11bb-cccc-dd22-eeeeee333333',
    correlation_id: 'aaaa0000-bb11-2222-33cc-444444dddddd',
    error_uri: `https://login.microsoftonline.com/error?code=${code}`,
  }
}

/** `POST /{tenant}/oauth2/v2.0/token` of Microsoft Entra ID, for client credentials. */
export function entra(options: EntraOptions) {
  /** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow, third case */
  function ofAssertion(form: URLSearchParams, app: string): Answer | undefined {
    const isRight =
      form.get('client_assertion_type') === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' &&
      options.assertions.get(form.get('client_assertion') ?? '') === app
    const said =
      "No matching federated identity record found for presented assertion subject 'system:serviceaccount:default:nobody'."
    return isRight ? undefined : [401, refusal(700213, 'invalid_client', said)]
  }

  function ofSecret(app: string, secret: string): Answer | undefined {
    if (options.expiredSecrets.has(secret)) {
      return [
        401,
        refusal(7000222, 'invalid_client', `The provided client secret keys for app '${app}' are expired.`),
      ]
    }
    if (options.apps[app] !== secret) {
      return [
        401,
        refusal(
          7000215,
          'invalid_client',
          `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${app}'.`,
        ),
      ]
    }
    return undefined
  }

  function answer(path: string, form: URLSearchParams): Answer {
    const [, tenant] = /^\/([^/]+)\/oauth2\/v2\.0\/token$/.exec(path) ?? []
    const app = form.get('client_id') ?? ''
    const secret = form.get('client_secret') ?? ''
    if (tenant !== options.tenant) {
      return [
        400,
        refusal(
          90002,
          'invalid_request',
          `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID.`,
        ),
      ]
    }
    if (!Object.hasOwn(options.apps, app)) {
      return [
        400,
        refusal(
          700016,
          'unauthorized_client',
          `Application with identifier '${app}' was not found in the directory 'Contoso'.`,
        ),
      ]
    }
    const refusedBy = form.has('client_assertion') ? ofAssertion(form, app) : ofSecret(app, secret)
    if (refusedBy) return refusedBy
    if (!options.audiences.has(form.get('scope') ?? '')) {
      return [
        400,
        refusal(
          500011,
          'invalid_resource',
          `The resource principal named ${form.get('scope')} was not found in the tenant named Contoso.`,
        ),
      ]
    }
    const access_token = options.tokens.issue(app, 3599, { aud: form.get('scope'), appid: app, tid: tenant })
    return [200, { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token }]
  }

  return (message: IncomingMessage, response: ServerResponse): void => {
    void readBody(message).then((bytes) => {
      const form = new URLSearchParams(Buffer.from(bytes).toString('utf8'))
      const [status, body] = answer(new URL(message.url ?? '/', 'https://x').pathname, form)
      response
        .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
        .end(JSON.stringify(body))
    })
  }
}
