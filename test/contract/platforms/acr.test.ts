import { acrProvider } from '../../../src/registries/providers/acr/index.ts'
import { startAcrWorld } from '../../../src/test-support/platforms/acr/index.ts'
import { platformContract } from '../platform-suite.ts'

platformContract('Azure Container Registry', acrProvider, startAcrWorld)
