/**
 * What the platforms on Google's Artifact Registry share: Google identities and their tokens, the Artifact Registry API, how its
 * contents are listed, its Pub/Sub notifications. Knows no platform: each says which repositories of Artifact Registry it covers.
 */
export { connectGoogle, type GoogleScope, type ImagePlace } from './connector.ts'
export {
  googleFields,
  googleLimits,
  googlePermissions,
  googlePolicy,
  projectField,
} from './description.ts'
export { googleNotifications, type NotifiedNames } from './push/notifications.ts'
export { type ArtifactRepository, byKey, projectPath } from './repository.ts'
export { fixedSurvey, type Survey, type SurveyMemo } from './survey.ts'
export { googleSettings, googleShape, type GoogleSettings, usableCredentials } from './schema.ts'
