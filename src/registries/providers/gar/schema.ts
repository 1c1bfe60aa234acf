import { z } from 'zod'
import { type GoogleSettings, googleSettings, googleShape, usableCredentials } from '../../google/index.ts'
import { optionalText, parseSettings } from '../../index.ts'

export interface GarSettings extends GoogleSettings {
  /** undefined: all. */
  readonly location: string | undefined
}

/** `us`, `europe`, `us-central1`, `northamerica-northeast1`; a zone ends in `-a`. */
const region = /^[a-z]+(?:-[a-z]+\d+)?$/i

const form = z.object({
  ...googleShape,
  region: optionalText(40).refine((text) => text === undefined || region.test(text), {
    message: 'That is not a region such as us-central1, or a multi-region such as europe.',
  }),
})

/** @throws AppError `settings-invalid` (invalid) */
export function readSettings(settings: unknown, allowAmbient: boolean): GarSettings {
  const values = parseSettings(form.superRefine(usableCredentials(allowAmbient)), settings)
  return { ...googleSettings(values, allowAmbient), location: values.region?.toLowerCase() }
}
