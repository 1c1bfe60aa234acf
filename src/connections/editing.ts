import { type RegistryProvider, unseenSecret } from '../registries/index.ts'
import type { Opening, Owner } from './opening.ts'
import { type Form, isGuardUnchanged, keepSecrets, splitSettings } from './settings.ts'
import type { ConnectionRow } from './store.ts'

export interface Stored {
  readonly row: ConnectionRow
  readonly secrets: Form['secrets']
}

export interface DescribedForm extends Form {
  readonly host: string
  readonly insecure: boolean
}

interface Edit {
  readonly owner: Owner
  readonly provider: RegistryProvider
  readonly stored: Stored
  /** As the form sends them; absent: all is as it was, without its plain settings. */
  readonly settings: Readonly<Record<string, unknown>>
}

/**
 * A stored connection's form after an edit, with the secrets that it keeps.
 *
 * @throws AppError `secret-needed` (invalid), `insecure-not-allowed` (denied), the platform's
 */
export async function editedForm(opening: Opening, edit: Edit): Promise<DescribedForm> {
  const { owner, provider, settings } = edit
  const { row, secrets: before } = edit.stored
  const { plain, secrets: given, removed } = splitSettings(provider.description, settings)
  const stored = Object.fromEntries(Object.entries(before).filter(([name]) => !removed.includes(name)))
  // With stand-ins for what is missing, so that the host is known before a stored secret is touched.
  const missing = Object.fromEntries(Object.keys(stored).map((name) => [name, unseenSecret]))
  const described = await opening.describe(owner, provider, { plain, secrets: { ...missing, ...given } })
  const { host, insecure } = described
  const sameRegistry =
    host === row.host &&
    row.platform === provider.description.id &&
    isGuardUnchanged(provider.description, row.settings, plain)
  const secrets = keepSecrets(given, stored, sameRegistry && (row.insecure || !insecure))
  return { plain, secrets, host, insecure }
}
