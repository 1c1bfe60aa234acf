import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { type EngineFacts, runProcess } from '../index.ts'
import { missing, unusable } from './errors.ts'
import { versionSchema } from './schema.ts'

export interface ProgramPlace {
  /** PORTOLAN_TRIVY_PATH; undefined: it is looked for. */
  readonly path: string | undefined
  /** PATH of the server or the command line. */
  readonly searchPath: string
}

/** @returns the program's absolute path @throws AppError `trivy-missing` (not-found) */
export async function findProgram({ path, searchPath }: ProgramPlace): Promise<string> {
  if (path !== undefined) {
    if (await isProgram(path)) return path
    throw missing(`PORTOLAN_TRIVY_PATH names ${path}, which is no program`)
  }
  for (const folder of searchPath.split(delimiter).filter(isAbsolute)) {
    const candidate = join(folder, 'trivy')
    if (await isProgram(candidate)) return candidate
  }
  throw missing('there is no program `trivy` in PATH')
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

const VERSION_TIMEOUT = 30_000

/** Asks a program for its version, and how old the vulnerability data in a cache folder is. @throws AppError `trivy-unusable` (not-found) */
export async function askVersion(
  program: string,
  run: { readonly cwd: string; readonly env: Record<string, string>; readonly cacheDir: string },
  signal?: AbortSignal,
): Promise<EngineFacts> {
  const result = await runProcess({
    program,
    args: ['version', '--format', 'json', '--cache-dir', run.cacheDir],
    cwd: run.cwd,
    env: run.env,
    timeoutMs: VERSION_TIMEOUT,
    maxOutput: 1024 ** 2,
    ...(signal === undefined ? {} : { signal }),
  })
  if (result.end !== 'exited') throw unusable(program, result)
  try {
    const { Version, VulnerabilityDB } = versionSchema.parse(JSON.parse(result.stdout.toString('utf8')))
    return {
      version: Version,
      databaseUpdatedAt: VulnerabilityDB ? Date.parse(VulnerabilityDB.UpdatedAt) : null,
    }
  } catch {
    throw unusable(program, result)
  }
}
