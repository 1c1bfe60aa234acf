import { gitlabProvider } from '../../../src/registries/providers/gitlab/index.ts'
import { startGitlabWorld } from '../../../src/test-support/platforms/gitlab/index.ts'
import { platformContract } from '../platform-suite.ts'

platformContract('GitLab, whose registry has an API of its own', gitlabProvider, startGitlabWorld)
platformContract('GitLab, whose registry has none', gitlabProvider, (options) =>
  startGitlabWorld({ ...options, hasDatabase: false }),
)
platformContract('GitLab, of a user', gitlabProvider, (options) =>
  startGitlabWorld({ ...options, namespaceIs: 'user', sortsByDate: false }),
)
