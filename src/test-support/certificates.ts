import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Identity {
  /** PEM. */
  readonly key: string
  readonly cert: string
}

export interface Authority extends Identity {
  /**
   * A server certificate that this authority signs.
   *
   * @param names subject alternative names as openssl writes them: `IP:127.0.0.1`, `DNS:localhost`
   * @param days valid from now; negative for one that has expired
   */
  issue(names: readonly string[], days?: number): Identity
}

function inFolder<T>(work: (run: (...args: string[]) => void, folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'))
  try {
    return work((...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' }), folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function read(folder: string, name: string): Identity {
  return {
    key: readFileSync(join(folder, `${name}.key`), 'utf8'),
    cert: readFileSync(join(folder, `${name}.crt`), 'utf8'),
  }
}

function issue(authority: Identity, names: readonly string[], days: number): Identity {
  return inFolder((openssl, folder) => {
    writeFileSync(join(folder, 'ca.key'), authority.key)
    writeFileSync(join(folder, 'ca.crt'), authority.cert)
    writeFileSync(join(folder, 'names'), `subjectAltName=${names.join(',')}\n`)
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'server.key',
      '-out',
      'server.csr',
      '-subj',
      '/CN=server',
    )
    const signing = ['x509', '-req', '-in', 'server.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key']
    openssl(...signing, '-set_serial', '2', '-days', String(days), '-extfile', 'names', '-out', 'server.crt')
    return read(folder, 'server')
  })
}

/** A certificate authority of its own, made with openssl. */
export function createAuthority(): Authority {
  return inFolder((openssl, folder) => {
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'ca.key',
      '-out',
      'ca.crt',
      '-subj',
      '/CN=Test CA',
      '-days',
      '30',
    )
    const authority = read(folder, 'ca')
    return { ...authority, issue: (names, days = 30) => issue(authority, names, days) }
  })
}
