import { ecrProvider } from '../../../src/registries/providers/ecr/index.ts'
import { startEcrWorld } from '../../../src/test-support/platforms/ecr/index.ts'
import { platformContract } from '../platform-suite.ts'

platformContract('AWS ECR', ecrProvider, startEcrWorld)
