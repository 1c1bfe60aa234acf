import type { RegistryProvider } from '../registries/index.ts'
import { acrProvider } from '../registries/providers/acr/index.ts'
import { dockerhubProvider } from '../registries/providers/dockerhub/index.ts'
import { ecrProvider } from '../registries/providers/ecr/index.ts'
import { garProvider } from '../registries/providers/gar/index.ts'
import { gcrProvider } from '../registries/providers/gcr/index.ts'
import { ghcrProvider } from '../registries/providers/ghcr/index.ts'
import { jfrogProvider } from '../registries/providers/jfrog/index.ts'
import { gitlabProvider } from '../registries/providers/gitlab/index.ts'
import { ociProvider } from '../registries/providers/oci/index.ts'
import { quayProvider } from '../registries/providers/quay/index.ts'

/** Every kind of registry that can be connected, in the order in which people see them: a new one is its folder and its line here. */
export const registryPlatforms: readonly RegistryProvider[] = [
  ecrProvider,
  dockerhubProvider,
  ghcrProvider,
  garProvider,
  gcrProvider,
  acrProvider,
  gitlabProvider,
  jfrogProvider,
  quayProvider,
  ociProvider,
]
