import { Secret } from '../../../core/index.ts'
import { tokenClaims } from '../../index.ts'
import { type AccessClaims, accessClaims } from './answers/schema.ts'
import { renewalOf } from './renewal.ts'
import { partsOf } from './scope.ts'

/** A token for the scopes that were asked for, or fewer. */
export interface AccessToken {
  readonly authorization: Secret<string>
  /** Milliseconds since the epoch. */
  readonly renewAt: number
  /** Actions of a scope that it does not allow; one that does not say allows what was asked for. */
  missing(scope: string): readonly string[]
}

export interface AccessTokens {
  /** @throws AppError `permission-missing` (denied) when the registry gives none for these */
  access(scopes: readonly string[]): Promise<AccessToken>
}

/** @param text as the registry gave it */
export function accessToken(text: string, now: number): AccessToken {
  const claims = accessClaims.safeParse(tokenClaims(text)).data
  const access = claims?.access ?? undefined
  return {
    authorization: new Secret(`Bearer ${text}`),
    renewAt: renewalOf(claims?.exp, now),
    missing: (scope) => (access === undefined ? [] : lacking(access, scope)),
  }
}

function lacking(access: NonNullable<AccessClaims['access']>, scope: string): readonly string[] {
  const { type, name, actions } = partsOf(scope)
  const granted = access
    .filter((entry) => entry.type === type && entry.name === name)
    .flatMap((entry) => entry.actions ?? [])
  return granted.includes('*') ? [] : actions.filter((action) => !granted.includes(action))
}
