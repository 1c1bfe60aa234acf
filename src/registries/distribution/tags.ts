import { isTag } from '../../core/index.ts'
import { checkedRepository } from './names.ts'
import { type ListOptions, type Page, pages } from './pages.ts'
import { pullScope } from './scope.ts'
import type { Session } from './session.ts'

/** `GET /v2/<name>/tags/list` (distribution-spec, spec.md, Listing Tags). The order is the registry's. */
export function tags(session: Session, repository: string, options: ListOptions = {}): AsyncGenerator<Page> {
  const name = checkedRepository(repository)
  const request = { path: `/v2/${name}/tags/list`, target: 'tags', scope: pullScope(name), name } as const
  return pages(session, request, 'tags', isTag, options)
}
