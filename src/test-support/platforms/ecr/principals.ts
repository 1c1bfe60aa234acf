import { randomBytes } from 'node:crypto'
import type { SigningKey } from './sigv4.ts'

/** Who may sign, and what they may do. */
export interface Principal extends SigningKey {
  readonly arn: string
  /** Actions, as `ecr:DescribeImages`; `*` for all. */
  readonly allows: readonly string[]
}

/** A role that may be taken on. */
export interface FakeRole {
  readonly arn: string
  readonly externalId?: string
  readonly allows: readonly string[]
}

export class Principals {
  readonly byKey = new Map<string, Principal>()
  readonly roles = new Map<string, FakeRole>()

  allows(id: string, action: string): boolean {
    const allows = this.byKey.get(id)?.allows ?? []
    return allows.includes('*') || allows.includes(action)
  }

  /** Temporary keys of a role, for an hour. */
  assume(role: FakeRole, session: string, now: number) {
    const key = {
      id: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secret: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(200).toString('base64'),
      expiresAt: now + 3_600_000,
    }
    const [, partition = '', account = '', name = ''] =
      /^arn:([\w-]+):iam::(\d{12}):role\/(.+)$/.exec(role.arn) ?? []
    const arn = `arn:${partition}:sts::${account}:assumed-role/${name}/${session}`
    this.byKey.set(key.id, { ...key, arn, allows: role.allows })
    return { ...key, arn }
  }

  /** All temporary keys end. */
  endSessions(): void {
    for (const [id, principal] of this.byKey) {
      if (principal.sessionToken !== undefined) this.byKey.set(id, { ...principal, expiresAt: 0 })
    }
  }
}
