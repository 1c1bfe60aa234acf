import type { HostList } from '../core/index.ts'
import type { PlatformDescription, PlatformField } from '../registries/index.ts'
import type { OperatorRules } from './ports.ts'

/** A platform as an organisation sees it: what the operator allows decides what must be filled and what may be. */
export function describedFor(
  description: PlatformDescription,
  rules: OperatorRules,
  orgId: string,
): PlatformDescription {
  const mayUseIdentity = rules.identity.has(orgId)
  const fields = description.fields.map((field) => allowed(keyless(field, mayUseIdentity), rules))
  return { ...description, fields }
}

function keyless(field: PlatformField, mayUseIdentity: boolean): PlatformField {
  if (!field.orAmbient) return field
  if (!mayUseIdentity) return { ...field, required: true, help: sentences(field.help, identityWord(field)) }
  const help = sentences(field.help, "Leave it empty to use this server's own cloud identity.")
  return { ...field, required: false, help }
}

/** Said once, where an empty form would otherwise be filled by the server. */
function identityWord({ secret }: PlatformField): string {
  return secret
    ? 'The operator of this server does not allow its own cloud identity in its place (PORTOLAN_ALLOW_AMBIENT_CREDENTIALS).'
    : ''
}

/** Said where it is decided: at the address and at the switch, not at every field beside them. */
function allowed(field: PlatformField, { insecureHosts, proxyHosts }: OperatorRules): PlatformField {
  const { needs, kind, help } = field
  if (needs === undefined || (kind !== 'boolean' && kind !== 'url')) return field
  const word = needs === 'proxy' ? wordOf(proxyHosts, 'proxy') : wordOf(insecureHosts, 'registry')
  return { ...field, help: sentences(help, word) }
}

function wordOf({ entries, setting }: HostList, what: string): string {
  if (entries.includes('*')) return ''
  if (entries.length === 0) return `The operator of this server allows it for no ${what} (${setting}).`
  return `The operator of this server allows it for: ${entries.join(', ')} (${setting}).`
}

function sentences(...texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(' ')
}
