import { ociProvider } from '../../../src/registries/providers/oci/index.ts'
import { startOciWorld } from '../../../src/test-support/platforms/oci/index.ts'
import { platformContract } from '../platform-suite.ts'

platformContract('An OCI registry with tokens', ociProvider, startOciWorld)
platformContract('An OCI registry with names and passwords', ociProvider, (options) =>
  startOciWorld({ ...options, auth: 'basic' }),
)
