import { dockerhubProvider } from '../../../src/registries/providers/dockerhub/index.ts'
import { startDockerhubWorld } from '../../../src/test-support/platforms/dockerhub/index.ts'
import { platformContract } from '../platform-suite.ts'

platformContract('Docker Hub', dockerhubProvider, startDockerhubWorld)
