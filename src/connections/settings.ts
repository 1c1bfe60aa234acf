import { AppError, Secret } from '../core/index.ts'
import type { PlatformDescription } from '../registries/index.ts'

/** A filled form, cut into what is stored as it is and what is sealed. */
export interface Form {
  readonly plain: Readonly<Record<string, unknown>>
  /** Filled secret fields only. */
  readonly secrets: Readonly<Record<string, Secret<string>>>
}

export interface SplitSettings extends Form {
  /** Names of secret fields that are null: what is stored there is to go. An empty one keeps it. */
  readonly removed: readonly string[]
}

/** Cuts by the platform's description. What the form does not have is dropped: it may be a secret under a wrong name. */
export function splitSettings(
  { fields }: Pick<PlatformDescription, 'fields'>,
  settings: Readonly<Record<string, unknown>>,
): SplitSettings {
  const plain: Record<string, unknown> = {}
  const secrets: Record<string, Secret<string>> = {}
  const removed: string[] = []
  for (const { name, secret } of fields) {
    const value = settings[name]
    if (secret) {
      if (typeof value === 'string' && value !== '') secrets[name] = new Secret(value)
      else if (value === null) removed.push(name)
    } else if (value !== undefined && value !== null) plain[name] = value
  }
  return { plain, secrets, removed }
}

/** Whether every field that decides where secrets go is what it was. */
export function isGuardUnchanged(
  { fields }: Pick<PlatformDescription, 'fields'>,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): boolean {
  const value = (settings: Readonly<Record<string, unknown>>, name: string): string =>
    String(settings[name] ?? '').trim()
  return fields.every(
    ({ name, guardsSecrets }) => !guardsSecrets || value(before, name) === value(after, name),
  )
}

/**
 * Fills empty secret fields from the stored ones. Only for the same registry, no worse protected than before: whoever may
 * edit a connection could otherwise send its secret to a server of their own.
 *
 * @throws AppError `secret-needed` (invalid) with the fields that are to be entered again
 */
export function keepSecrets(
  given: SplitSettings['secrets'],
  stored: SplitSettings['secrets'],
  sameRegistry: boolean,
): SplitSettings['secrets'] {
  const missing = Object.keys(stored).filter((name) => !(name in given))
  if (sameRegistry || missing.length === 0) return { ...stored, ...given }
  throw new AppError({
    code: 'secret-needed',
    kind: 'invalid',
    publicMessage:
      'The address of the registry, or how it is protected, has changed, so its secrets must be entered again.',
    remedy: 'Enter the secret for the new registry.',
    fields: Object.fromEntries(missing.map((name) => [name, 'Enter it again for the new registry.'])),
  })
}
