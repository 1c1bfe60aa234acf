/** What a person or token may do in its organisation: `admin` may do all that `member` may. */
export type Role = 'member' | 'admin'

/** Who calls, and for which organisation. Nothing reads an organisation from anywhere else. */
export interface Principal {
  readonly kind: 'user' | 'token'
  /** For a token its owner; for the bootstrap token a name of its own. */
  readonly user: { readonly id: string; readonly name: string; readonly email: string }
  readonly organisation: { readonly id: string; readonly name: string }
  readonly role: Role
  /** The session or token by which the caller came: what ends with it carries this id. */
  readonly credentialId: string
}

/** A caller, and the cookies that renew the session where it is time to. */
export interface Authenticated {
  readonly principal: Principal
  readonly setCookies: readonly string[]
}

/** An answer of the sign-in library, ready to be sent. */
export interface SignInAnswer {
  readonly status: number
  readonly setCookies: readonly string[]
  /** JSON value. */
  readonly body: unknown
}

export interface SignInRequest {
  /** One of SIGN_IN_ACTIONS. */
  readonly action: string
  readonly body: unknown
  readonly cookie: string | undefined
  readonly userAgent: string | undefined
  /** Address of the client, for the list of sessions. */
  readonly address: string
}

export interface NewToken {
  readonly organisationId: string
  readonly userId: string
  readonly name: string
  /** Milliseconds since the epoch; null: never. */
  readonly expiresAt: number | null
}

/** Users, sessions and API tokens. */
export interface Access {
  /**
   * The caller by `Authorization: Bearer` or the session cookie; undefined where there is neither or it is no longer good.
   * A bad token is never saved by a good cookie.
   */
  authenticate(headers: CallerHeaders): Promise<Authenticated | undefined>
  /** Runs one action of the sign-in library: its own answers, errors too. */
  signIn(request: SignInRequest): Promise<SignInAnswer>
  /** Makes a token; its text is given once and never kept. */
  createToken(token: NewToken): Promise<{ readonly id: string; readonly token: string }>
  revokeToken(organisationId: string, id: string): Promise<boolean>
}

export interface CallerHeaders {
  readonly authorization?: string | undefined
  readonly cookie?: string | undefined
}
