import { isRepositoryName } from '../../core/index.ts'
import { type ListOptions, type Page, pages } from './pages.ts'
import { catalogScope } from './scope.ts'
import type { Session } from './session.ts'

/**
 * `GET /v2/_catalog`: not part of the specification, only reserved by it; many registries refuse it.
 * It may show repositories that cannot be read, and miss some that can.
 *
 * @throws AppError `catalog-unsupported` (unsupported) where there is none
 */
export function catalog(session: Session, options: ListOptions = {}): AsyncGenerator<Page> {
  const request = { path: '/v2/_catalog', target: 'catalog', scope: catalogScope } as const
  return pages(session, request, 'repositories', isRepositoryName, options)
}
