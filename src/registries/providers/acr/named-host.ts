import { AppError, isAppError } from '../../../core/index.ts'
import type { HttpClient } from '../../../platform/http/index.ts'
import type { AcrSettings } from './schema.ts'

function noSuchRegistry({ host, cloud }: AcrSettings, cause: AppError): AppError {
  return new AppError({
    code: cause.code,
    kind: cause.kind,
    publicMessage: `Host ${host} cannot be found: there is no registry of that name in ${cloud.label}.`,
    remedy:
      'Check Registry Name and Cloud. A registry with a private endpoint only is found where its private DNS zone is.',
    cause,
  })
}

/** A login server that cannot be found is a wrong name or a wrong cloud: every registry has a name of its own in the DNS. */
export function namedHost(http: HttpClient, settings: AcrSettings): HttpClient {
  return {
    async request(request) {
      try {
        return await http.request(request)
      } catch (error) {
        const isRegistry = URL.parse(String(request.url))?.host === settings.host
        if (isRegistry && isAppError(error) && error.code === 'host-not-found') {
          throw noSuchRegistry(settings, error)
        }
        throw error
      }
    },
    close: () => http.close(),
  }
}
