import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** From package.json, two folders up in a checkout and in the published package alike. */
export const VERSION = readVersion()

function readVersion(): string {
  const text = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')
  return String((JSON.parse(text) as { version?: unknown }).version)
}
