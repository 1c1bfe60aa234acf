import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The root of the checkout or of the installed package: two folders up in both. */
export const packageRoot = join(import.meta.dirname, '../..')

/** Portolan's version. */
export const version = readVersion()

function readVersion(): string {
  const text = readFileSync(join(packageRoot, 'package.json'), 'utf8')
  return String((JSON.parse(text) as { version?: unknown }).version)
}
