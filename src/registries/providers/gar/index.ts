/** Google Artifact Registry: the Docker repositories of a project. Knows regions and their hosts; the rest is `registries/google`. */
import { connectGoogle, googleNotifications } from '../../google/index.ts'
import type { RegistryProvider } from '../../index.ts'
import { description } from './description.ts'
import { notifiedName } from './notified-name.ts'
import { readSettings } from './schema.ts'
import { garScope } from './scope.ts'

export const garProvider: RegistryProvider = {
  description,
  notifications: googleNotifications(notifiedName),
  open(settings, environment) {
    const read = readSettings(settings, environment.allowAmbientCredentials === true)
    return connectGoogle(read, garScope(read), environment)
  },
}
