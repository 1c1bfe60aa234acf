import { z } from 'zod'
import {
  optionalSecret,
  optionalText,
  requiredText,
  type Transport,
  transportOf,
  transportShape,
  unseenSecret,
} from '../index.ts'
import type { GoogleCredentials } from './identity/credentials.ts'
import { readCredentials } from './identity/key-file.ts'

export interface GoogleSettings {
  readonly project: string
  readonly credentials: GoogleCredentials
  readonly transport: Transport
}

const noCredentials =
  'The key of a service account is missing. Without one this server would use its own identity at Google, which its operator has not allowed for this organisation.'

/** Letters, digits and dashes, 6 to 30 (Google Cloud, Resource Manager, "Creating projects"); an old one has its domain before it. */
const projectId = /^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/

/** Fields that every platform at Google reads. */
export const googleShape = {
  projectId: requiredText(100, 'The ID of the project is missing.').refine((text) => projectId.test(text), {
    message:
      'That is not a project ID, such as acme-prod-1234: neither the name nor the number of the project.',
  }),
  serviceAccountJson: optionalSecret,
  pushServiceAccount: optionalText(200).refine(
    (text) => text === undefined || /^[^\s@]+@[^\s@]+$/.test(text),
    {
      message: 'That is not the e-mail address of a service account.',
    },
  ),
  ...transportShape,
}

const shape = z.object(googleShape)
type GoogleForm = z.output<typeof shape>

function credentialsIn(form: GoogleForm, allowAmbient: boolean): GoogleCredentials | string {
  const { serviceAccountJson } = form
  if (serviceAccountJson === undefined) return allowAmbient ? { kind: 'ambient' } : noCredentials
  if (serviceAccountJson === unseenSecret) return { kind: 'unseen' }
  return readCredentials(serviceAccountJson, allowAmbient)
}

/** A refinement that says by its field what is wrong with the credentials. */
export function usableCredentials(allowAmbient: boolean) {
  return (form: GoogleForm, context: z.RefinementCtx): void => {
    const read = credentialsIn(form, allowAmbient)
    if (typeof read === 'string')
      context.addIssue({ code: 'custom', path: ['serviceAccountJson'], message: read })
  }
}

/** Of a form that was refined by `usableCredentials`. */
export function googleSettings(form: GoogleForm, allowAmbient: boolean): GoogleSettings {
  const credentials = credentialsIn(form, allowAmbient)
  if (typeof credentials === 'string') throw new Error('these credentials were not refined')
  return { project: form.projectId, credentials, transport: transportOf(form) }
}

export type { GoogleForm }
