/** Who may sign in, and with what; secrets begin as Hub's do. */
export interface HubAccount {
  readonly username: string
  readonly secret: string
  readonly namespaces: readonly string[]
  /** Lists private repositories of its namespaces, public ones only, or nothing at all. */
  readonly lists: 'all' | 'public' | 'nothing'
  readonly actions: readonly string[]
  readonly isOrganization?: boolean
}

const reader = {
  username: 'acme-reader',
  secret: 'dckr_pat_reads-everything',
  namespaces: ['acme', 'acme-reader'],
  lists: 'all',
  actions: ['pull'],
} as const

export const hubAccounts = {
  /** A personal access token, Read-only. */
  reader,
  /** The same person's password. */
  owner: { ...reader, secret: 'correct horse battery', actions: ['pull', 'push'] },
  /** A personal access token, Read & Write. */
  writer: { ...reader, secret: 'dckr_pat_writes-too', actions: ['pull', 'push'] },
  /** A personal access token, Public Repo Read-only. */
  publicReader: { ...reader, secret: 'dckr_pat_public-only', lists: 'public' },
  organization: {
    username: 'acme',
    secret: 'dckr_oat_lists-all',
    namespaces: ['acme'],
    lists: 'all',
    actions: ['pull'],
    isOrganization: true,
  },
  /** An organization access token without Repository List. */
  unlisting: {
    username: 'acme',
    secret: 'dckr_oat_pull-only',
    namespaces: ['acme'],
    lists: 'public',
    actions: ['pull'],
    isOrganization: true,
  },
  /** Pulls, and may ask the API for nothing. */
  pullOnly: {
    username: 'acme',
    secret: 'dckr_oat_no-api',
    namespaces: ['acme'],
    lists: 'nothing',
    actions: ['pull'],
    isOrganization: true,
  },
} satisfies Record<string, HubAccount>

/** Has two-factor authentication: its password is right, and refused all the same. */
export const twoFactorAccount = { username: 'careful', secret: 'right but not enough' }

export function accountOf(username: string, secret: string): HubAccount | undefined {
  return Object.values<HubAccount>(hubAccounts).find(
    (one) => one.username === username && one.secret === secret,
  )
}
