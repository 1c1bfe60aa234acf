import { z } from 'zod'

/** A delivery of a push subscription (Cloud Pub/Sub, "Push subscriptions", wrapped messages). */
export const delivery = z.object({
  message: z.object({
    data: z
      .string()
      .max(100_000)
      .regex(/^[A-Za-z0-9+/_=-]*$/),
  }),
})

/** What Artifact Registry publishes (Artifact Registry, "Configuring Pub/Sub notifications", message format). */
export const change = z.object({
  action: z.string().max(100),
  digest: z.string().max(1000).optional(),
  tag: z.string().max(1000).optional(),
})

/** Google's public keys (RFC 7517). */
export const publicKeys = z.object({
  keys: z.array(z.looseObject({ kty: z.literal('RSA'), kid: z.string().max(200) })).max(50),
})

/** What a push subscription signs (OpenID Connect Core, 2, with Google's claims on e-mail). */
export const claims = z.object({ email: z.string(), email_verified: z.literal(true) })
