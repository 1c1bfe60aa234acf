/**
 * How to talk to a registry: the OCI distribution protocol (`distribution/`) and the port that every platform fills
 * (`providers/<id>/`, known by name to `app` only). Stateless: knows no database, no connection row, no schedule.
 */
export {
  createDistributionClient,
  type DistributionClient,
  type DistributionClientOptions,
  type ExtensionRequest,
} from './distribution/client.ts'
export type { CredentialSource, IssuedCredentials } from './distribution/credential-keeper.ts'
export { basicAuthorization, type RegistryCredentials } from './distribution/credentials.ts'
export { answerInvalid, isHtml, notARegistry } from './distribution/answer.ts'
export { grantedActions, tokenClaims } from './distribution/granted.ts'
export { imageSource } from './distribution/image-source.ts'
export { checkedRepository } from './distribution/names.ts'
export { tagsByHead } from './distribution/tags-by-head.ts'
export { CHECK_STEPS } from './ports.ts'
export type * from './ports.ts'
export { mapBounded } from './bounded.ts'
export {
  type AnswerSchema,
  type ApiClient,
  type ApiClientOptions,
  type ApiRefusal,
  type ApiRequest,
  createApiClient,
} from './api-client.ts'
export { apiError, repositoryNotFound, saidIn, withRemedy } from './api-error.ts'
export { type Caution, type CheckSubject, distributionCheck } from './check.ts'
export { conditionalHttp } from './conditional-http.ts'
export { type ConnectorParts, createConnector, type HostClients, type PlatformListing } from './connector.ts'
export { datedRevision, instantOf } from './dated-revision.ts'
export { type ExpectedOrder, expectedOrder } from './expected-order.ts'
export { isDistributionEnvelope, readDistributionEvents } from './distribution-events.ts'
export {
  checkSecretHeader,
  isSameSecret,
  notificationInvalid,
  notificationJson,
  notificationRefused,
} from './notification-proof.ts'
export { type DatedTag, newestFirst, type NumberedPage } from './newest-first.ts'
export type * from './notifications.ts'
export { nameAt, placeOf, type RepositoryPlace } from './places.ts'
export { type SignInVerdict, stopAfterRefusal } from './one-refusal.ts'
export { pacedHttp, type Pacing, type ToldLimit } from './paced-http.ts'
export { nextQuery, pageGuard, startQuery } from './paging.ts'
export {
  optionalSecret,
  optionalText,
  parseSettings,
  requiredSecret,
  requiredText,
  switchedOn,
  textLines,
  unseenSecret,
} from './schema.ts'
export { transportFields } from './transport/fields.ts'
export { assertProtected, openTransport } from './transport/open.ts'
export { type Transport, transportOf, transportShape } from './transport/schema.ts'
