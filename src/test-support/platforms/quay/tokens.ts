/** An OAuth 2 access token of an application, and the user who made it. */
export interface QuayToken {
  readonly token: string
  readonly user: string
  /** What the user may see: all of the namespace, what a team may read, or what is public. */
  readonly sees: 'namespace' | 'team' | 'public'
  readonly scopes: readonly ('repo:read' | 'repo:write' | 'user:read')[]
  readonly hasExpired?: boolean
}

export const quayTokens = {
  /** Of an administrator of the organization, with the least scope. */
  reader: { token: 'q1readerreaderreaderreader', user: 'ann', sees: 'namespace', scopes: ['repo:read'] },
  member: { token: 'q2membermembermembermember', user: 'bob', sees: 'team', scopes: ['repo:read'] },
  writer: {
    token: 'q3writerwriterwriterwriter',
    user: 'ann',
    sees: 'namespace',
    scopes: ['repo:read', 'repo:write'],
  },
  outsider: { token: 'q4outsideroutsideroutsider', user: 'eve', sees: 'public', scopes: ['repo:read'] },
  /** Lists what its user sees, and may read none of it: lists do not look at scopes. */
  unscoped: { token: 'q5unscopedunscopedunscoped', user: 'ann', sees: 'namespace', scopes: ['user:read'] },
  expired: {
    token: 'q6expiredexpiredexpiredexp',
    user: 'ann',
    sees: 'namespace',
    scopes: ['repo:read'],
    hasExpired: true,
  },
} satisfies Record<string, QuayToken>

export const quayTokenOf = (token: string): QuayToken | undefined =>
  Object.values<QuayToken>(quayTokens).find((one) => one.token === token)
