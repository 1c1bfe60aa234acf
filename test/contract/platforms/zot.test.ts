import { ociProvider } from '../../../src/registries/providers/oci/index.ts'
import { startZotWorld } from '../../../src/test-support/platforms/zot/index.ts'
import { platformContract } from '../platform-suite.ts'

platformContract('zot', ociProvider, startZotWorld)
platformContract('zot without its search extension', ociProvider, (options) =>
  startZotWorld({ ...options, hasSearch: false }),
)
