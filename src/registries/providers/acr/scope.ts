/** A scope in its parts: `repository:acme/api:pull,metadata_read`. */
export interface Scope {
  readonly type: string
  readonly name: string
  readonly actions: readonly string[]
}

export function partsOf(scope: string): Scope {
  const last = scope.lastIndexOf(':')
  const first = scope.indexOf(':')
  return {
    type: scope.slice(0, first),
    name: scope.slice(first + 1, last),
    actions: scope.slice(last + 1).split(','),
  }
}
