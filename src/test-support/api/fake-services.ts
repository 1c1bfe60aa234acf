import type { ApiServices } from '../../api/index.ts'

export interface ServiceCall {
  readonly service: string
  readonly method: string
  readonly args: readonly unknown[]
}

/**
 * Services whose every method notes its call and gives what `answers` holds for `service.method`: a value, or an error to
 * throw, or a function that gives it. Without one it throws, so that a test never passes on an answer that nobody gave.
 */
export function fakeServices(
  answers: Readonly<Record<string, unknown>>,
  calls: ServiceCall[] = [],
): ApiServices {
  const service = <K extends keyof ApiServices>(name: K): ApiServices[K] =>
    new Proxy(
      {},
      {
        get:
          (_target, method: string) =>
          (...args: unknown[]) => {
            calls.push({ service: name, method, args })
            const answer = answers[`${name}.${method}`]
            if (answer === undefined) throw new Error(`no answer for ${name}.${method}`)
            if (answer instanceof Error) throw answer
            return typeof answer === 'function'
              ? (answer as (...given: unknown[]) => unknown)(...args)
              : answer
          },
      },
    ) as ApiServices[K]
  return {
    connections: service('connections'),
    hooks: service('hooks'),
    discovery: service('discovery'),
    scans: service('scans'),
    findings: service('findings'),
    documents: service('documents'),
    database: service('database'),
    engines: service('engines'),
    audit: service('audit'),
    egressAddresses: ['192.0.2.7'],
  }
}
