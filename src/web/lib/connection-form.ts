import type {
  ConnectionInput,
  ConnectionPatch,
  PlatformField,
  Problem,
  RegistryConnection,
  RegistryPlatform,
} from '../../contract/index.ts'

/** What a person has entered so far. Field values as the inputs hold them: text, or yes and no; no for a secret: remove the stored one. */
export interface Draft {
  readonly name: string
  readonly values: Readonly<Record<string, string | boolean>>
  readonly scanIntervalHours: number | null
  readonly latestTags: number
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly platforms: readonly string[]
  /** Id of the engine that scans. */
  readonly engine: string
}

export const NEW_DRAFT: Draft = {
  name: '',
  values: {},
  scanIntervalHours: 24,
  latestTags: 10,
  include: [],
  exclude: [],
  platforms: [],
  engine: 'portolan',
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join('\n')
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

export function draftOf(connection: RegistryConnection, fields: readonly PlatformField[]): Draft {
  const { latestTags, include, exclude, platforms } = connection.selection
  const values = fields.map((field): [string, string | boolean] => {
    const stored = connection.settings[field.name]
    return [field.name, field.kind === 'boolean' ? stored === true : field.secret ? '' : textOf(stored)]
  })
  return {
    name: connection.name,
    values: Object.fromEntries(values),
    scanIntervalHours: connection.scanIntervalHours,
    latestTags,
    include,
    exclude,
    platforms,
    engine: connection.engine,
  }
}

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** The settings as the API takes them; what is empty is left out, so that a stored secret stays. */
export function settingsOf(fields: readonly PlatformField[], draft: Draft): Record<string, unknown> {
  const settings: Record<string, unknown> = {}
  for (const { name, kind, secret } of fields) {
    const value = draft.values[name]
    if (kind === 'boolean') settings[name] = value === true
    else if (secret && value === false) settings[name] = null
    else if (typeof value !== 'string' || value.trim() === '') continue
    else if (kind === 'lines') settings[name] = lines(value)
    // A secret may begin or end with a blank: it is taken as it was typed.
    else settings[name] = secret ? value : value.trim()
  }
  return settings
}

/** What is missing, by field; `stored` names the secrets that the server keeps. */
export function missing(
  fields: readonly PlatformField[],
  draft: Draft,
  stored: readonly string[] = [],
): Record<string, string> {
  const wrong: Record<string, string> = {}
  if (draft.name.trim() === '') wrong['name'] = 'Give the connection a name.'
  for (const field of fields) {
    const value = draft.values[field.name]
    const empty = typeof value !== 'string' || value.trim() === ''
    if (field.required && field.kind !== 'boolean' && empty && !stored.includes(field.name)) {
      wrong[field.name] = `${field.label} is required.`
    }
  }
  return wrong
}

export function inputOf(platform: RegistryPlatform, draft: Draft): ConnectionInput {
  return {
    name: draft.name.trim(),
    platform: platform.id,
    settings: settingsOf(platform.fields, draft),
    scanIntervalHours: draft.scanIntervalHours,
    selection: selectionOf(draft),
    engine: draft.engine,
  }
}

export function patchOf(
  connection: RegistryConnection,
  platform: RegistryPlatform,
  draft: Draft,
): ConnectionPatch {
  return {
    version: connection.version,
    name: draft.name.trim(),
    scanIntervalHours: draft.scanIntervalHours,
    selection: selectionOf(draft),
    engine: draft.engine,
    ...(settingsChanged(connection, platform, draft) ? { settings: settingsOf(platform.fields, draft) } : {}),
  }
}

function selectionOf({ latestTags, include, exclude, platforms }: Draft) {
  return { latestTags, include: [...include], exclude: [...exclude], platforms: [...platforms] }
}

/** Only then an edit has to be checked with the registry. */
export function settingsChanged(
  connection: RegistryConnection,
  platform: RegistryPlatform,
  draft: Draft,
): boolean {
  const before = draftOf(connection, platform.fields).values
  return platform.fields.some(({ name }) => (draft.values[name] ?? '') !== (before[name] ?? ''))
}

/** Which step of the form has the first field that the server does not like; none: the fields are all right. */
export function stepOfErrors(
  errors: Readonly<Record<string, string>>,
  fields: readonly PlatformField[],
): 'credentials' | 'configuration' | undefined {
  const names = Object.keys(errors)
  if (names.some((name) => name === 'name' || fields.some((field) => field.name === name)))
    return 'credentials'
  return names.length > 0 ? 'configuration' : undefined
}

/** The server's word on single fields, by the name that the form knows: `settings.url` and `url` are the same one. */
export function fieldErrors(problem: Problem): Record<string, string> {
  return Object.fromEntries(
    Object.entries(problem.fields ?? {}).map(([path, text]) => [
      path.replace(/^body[./]/, '').replace(/^settings[./]/, ''),
      text,
    ]),
  )
}
