import { z } from 'zod'
import { type GoogleSettings, googleSettings, googleShape, usableCredentials } from '../../google/index.ts'
import { parseSettings } from '../../index.ts'

const form = z.object(googleShape)

/** @throws AppError `settings-invalid` (invalid) */
export function readSettings(settings: unknown, allowAmbient: boolean): GoogleSettings {
  const values = parseSettings(form.superRefine(usableCredentials(allowAmbient)), settings)
  return googleSettings(values, allowAmbient)
}
