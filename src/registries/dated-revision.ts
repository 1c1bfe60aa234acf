import type { HttpResponse } from '../platform/http/index.ts'

/** How old a change must be before its date stands for it. */
const settling = 120_000

/**
 * The date of a repository's last change as its revision (`ListedRepository.revision`). null while the change is so young that
 * another one could bear the same date, or that the list of tags may not show it yet: then the tags are asked for once more.
 *
 * @param changedAt as the platform dates it, milliseconds since the epoch
 * @param answer what the date stood in: its own clock is asked, not ours
 */
export function datedRevision(changedAt: number | null, answer: HttpResponse, now: number): string | null {
  if (changedAt === null) return null
  const answeredAt = Date.parse(answer.header('date') ?? '')
  const age = (Number.isNaN(answeredAt) ? now : answeredAt) - changedAt
  return age >= settling ? new Date(changedAt).toISOString() : null
}

/** Milliseconds since the epoch of an ISO 8601 text; null for anything else. */
export function instantOf(text: string | null | undefined): number | null {
  const at = /^\d{4}-\d{2}-\d{2}T/.test(text ?? '') ? Date.parse(text ?? '') : Number.NaN
  return Number.isNaN(at) ? null : at
}
