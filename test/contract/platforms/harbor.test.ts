import { ociProvider } from '../../../src/registries/providers/oci/index.ts'
import { startHarborWorld } from '../../../src/test-support/platforms/harbor/index.ts'
import { platformContract } from '../platform-suite.ts'

platformContract('Harbor', ociProvider, startHarborWorld)
platformContract('Harbor before its dates of repositories moved with their tags', ociProvider, (options) =>
  startHarborWorld({ ...options, version: 'v2.11.0-70a1eb25' }),
)
