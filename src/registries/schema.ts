import { z } from 'zod'
import { AppError, Secret } from '../core/index.ts'

/**
 * Stands for a stored secret before it is opened: a provider reads the rest of a form with it, to say where it leads. Nothing is
 * ever sent with it, and nothing is wrong with it.
 */
export const unseenSecret = new Secret('-')

/** Building blocks of providers' settings: each takes what a form sends, absent and empty alike. */

const blankToUndefined = (value: unknown) =>
  value === null || (typeof value === 'string' && value.trim() === '') ? undefined : value

export const optionalText = (limit: number) =>
  z.preprocess(blankToUndefined, z.string().trim().max(limit).optional())

export const requiredText = (limit: number, message: string) =>
  z.preprocess(blankToUndefined, z.string(message).trim().max(limit))

export const optionalSecret = z.preprocess(
  (value) => (value instanceof Secret && value.reveal() === '' ? undefined : blankToUndefined(value)),
  z.instanceof(Secret<string>, { message: 'Give it anew.' }).optional(),
)

export const requiredSecret = (message: string) =>
  z.preprocess(
    (value) => (value instanceof Secret && value.reveal() === '' ? undefined : blankToUndefined(value)),
    z.instanceof(Secret<string>, {
      error: ({ input }) => (input === undefined ? message : 'Give it anew.'),
    }),
  )

export const switchedOn = z.preprocess((value) => value ?? false, z.boolean())

/** A list: as an array, or as text with one entry a line. Blank lines and repetitions are dropped. */
export const textLines = (mostLines: number) =>
  z.preprocess(
    (value) => {
      const lines: unknown = typeof value === 'string' ? value.split(/[\n,]/) : (value ?? [])
      if (!Array.isArray(lines)) return lines
      return [
        ...new Set(lines.map((line: unknown) => (typeof line === 'string' ? line.trim() : line))),
      ].filter((line) => line !== '')
    },
    z.array(z.string().max(255)).max(mostLines),
  )

function invalid(fields: Readonly<Record<string, string>>): AppError {
  return new AppError({
    code: 'settings-invalid',
    kind: 'invalid',
    publicMessage: 'Some fields of the connection are not right.',
    remedy: Object.values(fields)[0] ?? 'Correct the fields.',
    fields,
  })
}

/**
 * Reads a provider's settings.
 *
 * @throws AppError `settings-invalid` (invalid) with the first problem of each field
 */
export function parseSettings<T extends z.ZodType>(schema: T, settings: unknown): z.output<T> {
  const result = schema.safeParse(settings)
  if (result.success) return result.data
  const fields: Record<string, string> = {}
  for (const issue of result.error.issues) fields[String(issue.path[0] ?? '')] ??= issue.message
  throw invalid(fields)
}
