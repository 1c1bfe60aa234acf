import { createHmac, randomBytes } from 'node:crypto'

export interface Access {
  readonly type: string
  readonly name: string
  readonly actions: readonly string[]
}

interface Issued {
  readonly app: string
  readonly access: readonly Access[]
  /** Seconds since the epoch. */
  readonly exp: number
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** JWTs as the registry and Entra issue them; only those that are remembered are good. */
export class TokenBook {
  private readonly issued = new Map<string, Issued>()
  private readonly key = randomBytes(32)

  /** @param claims besides those that every token has */
  issue(
    app: string,
    lifetime: number,
    claims: Readonly<Record<string, unknown>>,
    access: readonly Access[] = [],
  ): string {
    const iat = Math.floor(Date.now() / 1000)
    const exp = iat + lifetime
    const head = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ jti: randomBytes(8).toString('hex'), sub: app, iat, nbf: iat, exp, ...claims })}`
    const token = `${head}.${createHmac('sha256', this.key).update(head).digest('base64url')}`
    this.issued.set(token, { app, access, exp })
    return token
  }

  /** undefined for a token that ended or was never given out. */
  find(token: string | null | undefined): Issued | undefined {
    const issued = this.issued.get(token ?? '')
    return issued && issued.exp * 1000 > Date.now() ? issued : undefined
  }

  revokeAll(): void {
    this.issued.clear()
  }
}
