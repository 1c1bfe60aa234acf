import { garProvider } from '../../../src/registries/providers/gar/index.ts'
import { startGarWorld } from '../../../src/test-support/platforms/google/index.ts'
import { platformContract } from '../platform-suite.ts'

platformContract('Google Artifact Registry, all locations', garProvider, startGarWorld)
platformContract('Google Artifact Registry, one region of a project of a domain', garProvider, (options) =>
  startGarWorld({ ...options, region: 'us-central1', project: 'example.com:web-prod' }),
)
