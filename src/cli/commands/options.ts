import { InvalidArgumentError } from 'commander'
import {
  isSeverity,
  parsePlatform,
  type Platform,
  SEVERITIES,
  type Severity,
  toAppError,
} from '../../core/index.ts'

/** Readers of option values, for commander: a bad value is named before anything is done. */

export function severitiesOption(text: string): ReadonlySet<Severity> {
  const words = text.split(',').map((word) => word.trim().toUpperCase())
  const wrong = words.find((word) => !isSeverity(word))
  if (wrong !== undefined) throw new InvalidArgumentError(`It is a list of ${SEVERITIES.join(', ')}.`)
  return new Set(words.filter(isSeverity))
}

export function exitCodeOption(text: string): number {
  const code = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN
  if (!(code <= 255)) throw new InvalidArgumentError('It is a number from 0 to 255.')
  return code
}

export function platformOption(text: string): Platform {
  try {
    return parsePlatform(text)
  } catch (error) {
    throw new InvalidArgumentError(toAppError(error).publicMessage)
  }
}

/** An option that may be given several times. */
export function listOption(text: string, before: readonly string[]): readonly string[] {
  return [...before, text]
}
