import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, Secret } from '../../core/index.ts'

/**
 * The secret that signs session cookies: a file that only the server's user may read, made on first start.
 * Losing it signs everybody out and harms nothing else.
 *
 * @throws AppError `session-secret-unreadable` (invalid)
 */
export async function sessionSecret(dataDir: string): Promise<Secret<string>> {
  const path = join(dataDir, 'session.key')
  const fresh = randomBytes(32).toString('base64url')
  try {
    await writeFile(path, `${fresh}\n`, { mode: 0o600, flag: 'wx' })
    return new Secret(fresh)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const kept = (await readFile(path, 'utf8')).trim()
  if (kept.length >= 32) return new Secret(kept)
  throw new AppError({
    code: 'session-secret-unreadable',
    kind: 'invalid',
    publicMessage: `The file ${path} does not hold a session secret.`,
    remedy: 'Delete it: a new one is made at the next start, and everybody signs in again.',
  })
}
