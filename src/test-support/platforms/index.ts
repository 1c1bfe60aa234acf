import type { PlatformWorld, PlatformWorldOptions } from '../platform-world.ts'
import { startAcrWorld } from './acr/index.ts'
import { startDockerhubWorld } from './dockerhub/index.ts'
import { startEcrWorld } from './ecr/index.ts'
import { startGhcrWorld } from './ghcr/index.ts'
import { startGitlabWorld } from './gitlab/index.ts'
import { startGarWorld, startGcrWorld } from './google/index.ts'
import { startJfrogWorld } from './jfrog/index.ts'
import { startOciWorld } from './oci/index.ts'
import { startQuayWorld } from './quay/index.ts'

/** How each platform is faked, by its id, in the order of the platforms table. */
export const platformWorlds: Readonly<
  Record<string, (options?: PlatformWorldOptions) => Promise<PlatformWorld>>
> = {
  ecr: startEcrWorld,
  dockerhub: startDockerhubWorld,
  ghcr: startGhcrWorld,
  gar: startGarWorld,
  gcr: startGcrWorld,
  acr: startAcrWorld,
  gitlab: startGitlabWorld,
  jfrog: startJfrogWorld,
  quay: startQuayWorld,
  oci: startOciWorld,
}
