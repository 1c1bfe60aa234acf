/** What a token must allow, in the words of the token specification (distribution, docs/content/spec/auth/scope.md). */
export function pullScope(repository: string): string {
  return `repository:${repository}:pull`
}

export const catalogScope = 'registry:catalog:*'

/** What lacks, for a person. */
export function describeScope(scope: string): string {
  if (scope === catalogScope) return 'list all repositories (registry:catalog:*)'
  const match = /^repository:(.+):pull$/.exec(scope)
  return match?.[1] ? `pull from ${match[1]} (${scope})` : 'use this registry'
}
