import { z } from 'zod'
import { reason, time } from './shapes.ts'

/** One field of a platform's form. The web draws the form from these and knows no platform by name. */
export const platformField = z.object({
  name: z.string(),
  label: z.string(),
  kind: z.enum(['text', 'password', 'url', 'textarea', 'lines', 'boolean', 'select']),
  required: z.boolean(),
  /** Sealed when stored, never sent back. */
  secret: z.boolean(),
  help: z.string(),
  placeholder: z.string().optional(),
  options: z.array(z.object({ value: z.string(), label: z.string() })).optional(),
  /** `transport`: how the registry is reached; forms keep these apart. */
  group: z.enum(['transport']).optional(),
  /** It decides where secrets go: a change demands them again. */
  guardsSecrets: z.boolean().optional(),
})

export const registryPlatform = z.object({
  id: z.string(),
  label: z.string(),
  summary: z.string(),
  /** Path of the documentation page. */
  docs: z.string(),
  fields: z.array(platformField),
  permissions: z.array(z.object({ name: z.string(), why: z.string() })),
  /** A least-privilege policy to copy, where the platform has such a thing. */
  policy: z.object({ label: z.string(), text: z.string() }).nullable(),
})

export const connectionStatus = z.enum(['Connected', 'Error', 'Syncing', 'Unknown'])

export const checkStep = z.object({
  id: z.enum(['network', 'tls', 'sign-in', 'list', 'pull']),
  state: z.enum(['passed', 'failed', 'skipped', 'warning']),
  message: z.string(),
  remedy: z.string().nullable(),
  /** Code of the error when the step failed. */
  code: z.string().nullable(),
})

export const checkResult = z.object({ ok: z.boolean(), steps: z.array(checkStep), error: reason.nullable() })

/** What of a registry is scanned. */
export const selectionPolicy = z.object({
  latestTags: z.int().min(1).max(1000).default(10),
  include: z.array(z.string().max(200)).max(50).default([]),
  exclude: z.array(z.string().max(200)).max(50).default([]),
  /** Of an image for several platforms, only these: `linux/amd64`. Empty: all. An image that has none of them is scanned whole. */
  platforms: z
    .array(
      z
        .string()
        .regex(
          /^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9.]+)?$/,
          'Write it as os/architecture, for example linux/arm64.',
        ),
    )
    .max(20)
    .default([]),
})

const engineId = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/)

export const progress = z.object({
  phase: z.enum(['discovering', 'scanning']),
  done: z.int(),
  total: z.int().nullable(),
  detail: z.string(),
})

export const registryConnection = z.object({
  id: z.uuid(),
  name: z.string(),
  platform: z.string(),
  platformLabel: z.string(),
  host: z.string(),
  /** Settings that are not secret, by field name. */
  settings: z.record(z.string(), z.unknown()),
  /** Names of the secret fields that are stored. */
  secretFields: z.array(z.string()),
  status: connectionStatus,
  statusReason: reason.nullable(),
  /** What works and still wants a look: excess rights, an unprotected way, nothing to be seen. */
  warnings: z.array(
    z.object({
      about: z.enum(['network', 'tls', 'sign-in', 'list', 'pull', 'discovery']),
      message: z.string(),
      remedy: z.string().nullable(),
    }),
  ),
  checkedAt: time.nullable(),
  access: z.enum(['Public/Manual', 'Private', 'System-managed']),
  enabled: z.boolean(),
  /** Lasting marks: plain HTTP, unverified TLS. */
  insecure: z.boolean(),
  /** Which engine scans its images: an id of `scan-engines`. */
  engine: z.string(),
  scanIntervalHours: z.int().nullable(),
  nextRunAt: time.nullable(),
  selection: selectionPolicy,
  lastDiscovery: z
    .object({ at: time, repositories: z.int(), tags: z.int(), incompleteBecause: z.string().nullable() })
    .nullable(),
  progress: progress.nullable(),
  counts: z.object({
    repositories: z.int(),
    images: z.int(),
    pending: z.int(),
    scanning: z.int(),
    completed: z.int(),
    failed: z.int(),
  }),
  /** Send it back on PATCH: a change in between is refused (409). */
  version: z.int(),
  createdAt: time,
  updatedAt: time,
})

const settings = z.record(z.string(), z.unknown())

export const connectionInput = z.object({
  name: z.string().trim().min(1).max(100),
  platform: z.string(),
  /** All fields by name, secret ones too. */
  settings,
  scanIntervalHours: z
    .int()
    .min(1)
    .max(24 * 30)
    .nullable()
    .default(24),
  selection: selectionPolicy.optional(),
  /** Default: the built-in one. */
  engine: engineId.optional(),
})

/** On an edit an absent or empty secret keeps the stored one, unless the host changes; null removes it. */
export const connectionPatch = z.object({
  version: z.int().min(0).max(2_147_483_647),
  name: z.string().trim().min(1).max(100).optional(),
  settings: settings.optional(),
  enabled: z.boolean().optional(),
  scanIntervalHours: z
    .int()
    .min(1)
    .max(24 * 30)
    .nullable()
    .optional(),
  selection: selectionPolicy.optional(),
  engine: engineId.optional(),
})

/** `connectionId`: check an edit of it, with its stored secrets where the fields are empty. */
export const checkInput = z.object({ platform: z.string(), settings, connectionId: z.uuid().optional() })

export const started = z.object({ accepted: z.boolean(), queued: z.int(), message: z.string() })

export type RegistryPlatform = z.infer<typeof registryPlatform>
export type PlatformField = z.infer<typeof platformField>
export type RegistryConnection = z.infer<typeof registryConnection>
export type ConnectionInput = z.input<typeof connectionInput>
export type ConnectionPatch = z.input<typeof connectionPatch>
export type CheckResult = z.infer<typeof checkResult>
export type CheckStep = z.infer<typeof checkStep>
export type ConnectionStatus = z.infer<typeof connectionStatus>
export type Progress = z.infer<typeof progress>
