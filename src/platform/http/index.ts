/**
 * The one door to the network. Knows HTTP: timeouts, TLS, proxies, redirects, retries, caps, and which addresses may be
 * reached; turns every failure into an AppError. Must not know registries, credentials' meaning, or who asks.
 */
export { classifyAddress } from './addresses.ts'
export { createAddressPolicy } from './address-policy.ts'
export { createHttpClient, createHttpFactory } from './client.ts'
export type {
  HttpClient,
  HttpClientOptions,
  HttpFactory,
  HttpRequest,
  HttpResponse,
  ProxySettings,
} from './ports.ts'
export { parseCertificates } from './certificates.ts'
export { insecureNotAllowed } from './refusals.ts'
export { parseRetryAfter } from './retry-after.ts'
