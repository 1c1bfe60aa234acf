import { jfrogProvider } from '../../../src/registries/providers/jfrog/index.ts'
import { startJfrogWorld } from '../../../src/test-support/platforms/jfrog/index.ts'
import { platformContract } from '../platform-suite.ts'

platformContract('JFrog Artifactory, a local repository by path', jfrogProvider, startJfrogWorld)
platformContract('JFrog Artifactory, a virtual repository by subdomain', jfrogProvider, (options) =>
  startJfrogWorld({ ...options, kind: 'virtual', access: 'subdomain' }),
)
platformContract(
  'JFrog Artifactory, a remote repository by port, without searches',
  jfrogProvider,
  (options) =>
    startJfrogWorld({
      ...options,
      kind: 'remote',
      access: 'port',
      signIn: 'basic',
      showsConfiguration: false,
      maySearch: false,
    }),
)
