/** Google Container Registry as it lives on: four hosts that Artifact Registry serves. The rest is `registries/google`. */
import { connectGoogle, googleNotifications, type NotifiedNames } from '../../google/index.ts'
import { nameAt, type RegistryProvider } from '../../index.ts'
import { description } from './description.ts'
import { readSettings } from './schema.ts'
import { asGcr, gcrScope } from './scope.ts'

const notifiedName: NotifiedNames = ({ projectId }, image) => {
  if (typeof projectId !== 'string') return undefined
  const scope = gcrScope(projectId.trim())
  const place = asGcr(projectId.trim(), image)
  return scope.find(place.host, place.path) === undefined ? undefined : nameAt(scope, place)
}

export const gcrProvider: RegistryProvider = {
  description,
  notifications: googleNotifications(notifiedName),
  open(settings, environment) {
    const read = readSettings(settings, environment.allowAmbientCredentials === true)
    return connectGoogle(read, gcrScope(read.project), environment)
  },
}
