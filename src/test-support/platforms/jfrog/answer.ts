import type { ServerResponse } from 'node:http'

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

/** Errors of Artifactory's own API have a numeric status, no code. */
export function apiError(status: number, message: string): Answer {
  return { status, body: { errors: [{ status, message }] } }
}

export function dockerError(status: number, code: string, message: string): Answer {
  return { status, body: { errors: [{ code, message }] } }
}

/** JSON as Artifactory prints it. */
export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  const common = {
    'content-type': 'application/json',
    'x-jfrog-version': 'Artifactory/7.104.5 80104900',
    'x-artifactory-id': '1c2d3e4f',
  }
  const text = typeof body === 'string' ? body : `\n${JSON.stringify(body, null, 2)}\n`
  response.writeHead(status, { ...common, ...headers }).end(text)
}
