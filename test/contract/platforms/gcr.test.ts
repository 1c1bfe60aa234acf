import { gcrProvider } from '../../../src/registries/providers/gcr/index.ts'
import { startGcrWorld } from '../../../src/test-support/platforms/google/index.ts'
import { platformContract } from '../platform-suite.ts'

platformContract('Google Container Registry', gcrProvider, startGcrWorld)
