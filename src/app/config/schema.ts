import { isAbsolute, resolve } from 'node:path'
import { z } from 'zod'
import { isHostEntry, Secret } from '../../core/index.ts'

const flag = z
  .enum(['0', '1', 'true', 'false', 'yes', 'no'])
  .transform((text) => ['1', 'true', 'yes'].includes(text))
const words = z.string().transform((text) => text.split(/[\s,]+/).filter((word) => word !== ''))
const hosts = words.refine(
  (list) => list.every(isHostEntry),
  'has an entry that is no host: write registry.lan, registry.lan:5000, *.lan or *',
)
const path = z.string().transform((text) => (isAbsolute(text) ? text : resolve(text)))
const secret = z.string().transform((text) => new Secret(text))

function hasScheme(text: string, schemes: readonly string[]): boolean {
  return URL.canParse(text) && schemes.includes(new URL(text).protocol)
}

/** Every variable that Portolan reads, each text as an operator writes it. An empty one counts as absent. */
export const environment = z.object({
  PORTOLAN_DATA_DIR: path.optional(),
  PORTOLAN_DATABASE_URL: z
    .string()
    .regex(/^postgres(?:ql)?:\/\/./, 'is not a postgres:// address')
    .pipe(secret)
    .optional(),
  PORTOLAN_PORT: z.coerce
    .number('is not a number')
    .int('is not a whole number')
    .min(0, 'is not a port')
    .max(65535, 'is not a port')
    .default(7070),
  PORTOLAN_BASE_URL: z
    .string()
    .refine((text) => hasScheme(text, ['http:', 'https:']), 'is not an http:// or https:// address')
    .optional(),
  PORTOLAN_KEY_FILE: path.optional(),
  PORTOLAN_DB_REPOSITORY: words.optional(),
  PORTOLAN_JAVA_DB_REPOSITORY: words.transform((list) => list.filter((word) => word !== 'none')).optional(),
  PORTOLAN_DB_UPDATE_HOURS: z.coerce
    .number('is not a number')
    .min(0, 'is below 0')
    .max(6, 'is over 6: data older than that is not worth having')
    .default(6),
  PORTOLAN_ALLOW_PRIVATE_NETWORKS: words.default([]),
  PORTOLAN_ALLOW_INSECURE_REGISTRIES: hosts.default([]),
  PORTOLAN_ALLOW_CONNECTION_PROXIES: hosts.default([]),
  PORTOLAN_ALLOW_AMBIENT_CREDENTIALS: words.default([]),
  PORTOLAN_EGRESS_ADDRESSES: words.default([]),
  PORTOLAN_TLS_CERT: path.optional(),
  PORTOLAN_TLS_KEY: path.optional(),
  PORTOLAN_BEHIND_PROXY: flag.default(false),
  PORTOLAN_TRIVY_PATH: path.optional(),
  PORTOLAN_TRIVY_SERVER: z
    .string()
    .refine((text) => hasScheme(text, ['http:', 'https:']), 'is not an http:// or https:// address')
    .optional(),
  PORTOLAN_TRIVY_TOKEN: secret.optional(),
  PORTOLAN_ADMIN_TOKEN: z.string().min(20, 'is shorter than 20 characters').pipe(secret).optional(),
  PORTOLAN_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  PORTOLAN_SCAN_WORKERS: z.coerce.number('is not a number').int().min(0).max(64).default(4),
})
