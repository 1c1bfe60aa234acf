import { registryPlatforms } from '../../src/app/registry-platforms.ts'
import { transportFields, type PlatformField, type RegistryProvider } from '../../src/registries/index.ts'
import { code, fill, inline, table } from './markdown.ts'
import { type Page, pageOf } from './page.ts'

const README = 'docs/registries/README.md'

/** Every page with a part that comes from the descriptions of the platforms. */
export function platformPages(root: string): Page[] {
  const pages = registryPlatforms.map((provider) =>
    pageOf(root, provider.description.docs, (text) => fill(text, 'description', describe(provider))),
  )
  const readme = pageOf(root, README, (text) => {
    const filled = fill(text, 'platforms', overview())
    return filled && fill(filled, 'transport', fieldTable(transportFields))
  })
  return [...pages, readme]
}

function overview(): string {
  const rows = registryPlatforms.map(({ description, notifications }) => {
    const isKeyless = description.fields.some(({ orAmbient }) => orAmbient)
    const page = description.docs.replace('docs/registries/', '')
    return [
      `[${inline(description.label)}](${page})`,
      inline(description.summary),
      notifications === null ? 'no' : 'yes',
      isKeyless ? 'yes' : 'no',
    ]
  })
  return table(['platform', 'what it connects', 'tells of pushes', 'without keys'], rows)
}

function describe({ description, notifications }: RegistryProvider): string {
  const own = description.fields.filter(({ group }) => group !== 'transport')
  const permissions = description.permissions.map(({ name, why }) => [code(name), inline(why)])
  const parts = [
    '## Fields',
    fieldTable(own),
    'Certificates, proxies and unverified TLS: [how a registry is reached](README.md#how-a-registry-is-reached).',
    '## Permissions',
    table(['permission', 'why'], permissions) || 'None.',
    ...policyOf(description.policy),
    '## Limits',
    limitsOf(description.limits),
    '## Push notifications',
    ...notificationsOf(notifications),
  ]
  return parts.join('\n\n')
}

function fieldTable(fields: readonly PlatformField[]): string {
  const rows = fields.map((field) => [
    inline(field.label),
    neededOf(field),
    field.secret ? 'yes' : '',
    inline([field.help, ...optionsOf(field)].filter((text) => text !== '').join(' ')),
  ])
  return table(['field', 'required', 'secret', 'what to fill in'], rows)
}

function neededOf({ required, orAmbient, needs }: PlatformField): string {
  if (orAmbient) return "yes, or this server's own identity where the operator allows it"
  if (needs !== undefined) return 'no; only where the operator allows it'
  return required ? 'yes' : ''
}

function optionsOf({ options = [] }: PlatformField): string[] {
  return options.length === 0 ? [] : [`One of: ${options.map(({ label }) => label).join(', ')}.`]
}

function policyOf(policy: RegistryProvider['description']['policy']): string[] {
  return policy === null ? [] : [`${inline(policy.label).replace(/\.$/, '')}:`, fence(policy.text)]
}

function limitsOf(limits: RegistryProvider['description']['limits']): string {
  const rows = limits.map(({ bucket, requests, seconds, atOnce, source }) => [
    code(bucket),
    `${requests} in ${seconds} s`,
    atOnce === undefined ? '' : String(atOnce),
    inline(source),
  ])
  const shown = table(['requests of', 'at most', 'side by side', 'source'], rows)
  return shown || 'The platform publishes none. Portolan heeds what it answers: `429`, `503`, `Retry-After`.'
}

function notificationsOf(notifications: RegistryProvider['notifications']): string[] {
  if (notifications === null)
    return ['The platform sends none that reach a connection: discovery goes by schedule.']
  const { proof, steps, sample } = notifications
  return [
    `Proof that an event is the platform's: ${inline(named(proof))}`,
    steps.map((step, index) => `${index + 1}. ${inline(named(step))}`).join('\n'),
    ...(sample ? [`${inline(sample.label)}:`, fence(named(sample.text))] : []),
    'The page of the connection shows the address and the secret.',
  ]
}

/** The placeholders as what they stand for. */
function named(text: string): string {
  return text.replaceAll('{address}', 'ADDRESS').replaceAll('{secret}', 'SECRET')
}

function fence(text: string): string {
  const language = /^\s*[{[]/.test(text) ? 'json' : ''
  return `\`\`\`${language}\n${text.trim()}\n\`\`\``
}
