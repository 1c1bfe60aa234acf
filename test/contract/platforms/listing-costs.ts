import type { RegistryProvider } from '../../../src/registries/index.ts'
import { acrProvider } from '../../../src/registries/providers/acr/index.ts'
import { dockerhubProvider } from '../../../src/registries/providers/dockerhub/index.ts'
import { ecrProvider } from '../../../src/registries/providers/ecr/index.ts'
import { garProvider } from '../../../src/registries/providers/gar/index.ts'
import { gcrProvider } from '../../../src/registries/providers/gcr/index.ts'
import { ghcrProvider } from '../../../src/registries/providers/ghcr/index.ts'
import { gitlabProvider } from '../../../src/registries/providers/gitlab/index.ts'
import { jfrogProvider } from '../../../src/registries/providers/jfrog/index.ts'
import { ociProvider } from '../../../src/registries/providers/oci/index.ts'
import { quayProvider } from '../../../src/registries/providers/quay/index.ts'
import type { PlatformWorld, PlatformWorldOptions } from '../../../src/test-support/platform-world.ts'
import { startAcrWorld } from '../../../src/test-support/platforms/acr/index.ts'
import { startDockerhubWorld } from '../../../src/test-support/platforms/dockerhub/index.ts'
import { startEcrWorld } from '../../../src/test-support/platforms/ecr/index.ts'
import { startGhcrWorld } from '../../../src/test-support/platforms/ghcr/index.ts'
import { startGitlabWorld } from '../../../src/test-support/platforms/gitlab/index.ts'
import { startGarWorld, startGcrWorld } from '../../../src/test-support/platforms/google/index.ts'
import { startHarborWorld } from '../../../src/test-support/platforms/harbor/index.ts'
import { startJfrogWorld } from '../../../src/test-support/platforms/jfrog/index.ts'
import { startOciWorld } from '../../../src/test-support/platforms/oci/index.ts'
import { startQuayWorld } from '../../../src/test-support/platforms/quay/index.ts'
import { startZotWorld } from '../../../src/test-support/platforms/zot/index.ts'

/** What is to be listed: the number of repositories, of tags in each, and how many entries a page has where the platform would give `limit`. */
export interface Holdings {
  readonly repositories: number
  readonly tags: number
  readonly page?: number
}

/** How few requests list a platform's holdings, as its documentation allows. */
export interface ListingCost {
  readonly name: string
  readonly provider: RegistryProvider
  readonly start: (options: PlatformWorldOptions) => Promise<PlatformWorld>
  /** Everything. */
  readonly least: (holdings: Holdings) => number
  /** When nothing has changed, by what the platform can tell of that. */
  readonly again: (holdings: Holdings) => number
}

const pages = (entries: number, limit: number, { page = limit }: Holdings): number =>
  Math.max(1, Math.ceil(entries / Math.min(limit, page)))

/** One listing of repositories, and one of each repository's tags. */
const each =
  (repositoriesPerPage: number, tagsPerPage: number) =>
  (holdings: Holdings): number =>
    pages(holdings.repositories, repositoriesPerPage, holdings) +
    holdings.repositories * pages(holdings.tags, tagsPerPage, holdings)

/** Only the listing of repositories: it says which have changed. */
const repositoriesOnly =
  (perPage: number) =>
  (holdings: Holdings): number =>
    pages(holdings.repositories, perPage, holdings)

/** Every repository's newest page. */
const newestOfEach =
  (perPage: number) =>
  (holdings: Holdings): number =>
    pages(holdings.repositories, perPage, holdings) + holdings.repositories

/** Everything in one listing, after `asked` requests that say where it is. */
const everything =
  (perPage: number, asked: number) =>
  (holdings: Holdings): number =>
    asked + pages(holdings.repositories * holdings.tags, perPage, holdings)

/** By the protocol alone: only the answer to a tag says its digest. */
const eachTag =
  (perPage: number) =>
  (holdings: Holdings): number =>
    each(perPage, perPage)(holdings) + holdings.repositories * holdings.tags

/** Google's locations: each is asked for its repositories. */
const LOCATIONS = 45

/** Tags of several repositories with one request, as long as it gives no more than so many. */
const together =
  (tagsPerPage: number, repositoriesAtMost: number) =>
  (holdings: Holdings): number =>
    pages(holdings.repositories, 1000, holdings) +
    Math.max(
      Math.ceil(holdings.repositories / repositoriesAtMost),
      Math.ceil((holdings.repositories * holdings.tags) / tagsPerPage),
    )

export const listingCosts: readonly ListingCost[] = [
  {
    name: 'ecr',
    provider: ecrProvider,
    start: startEcrWorld,
    least: each(1000, 1000),
    again: each(1000, 1000),
  },
  {
    name: 'dockerhub',
    provider: dockerhubProvider,
    start: startDockerhubWorld,
    least: each(100, 100),
    again: repositoriesOnly(100),
  },
  {
    name: 'ghcr',
    provider: ghcrProvider,
    start: startGhcrWorld,
    least: each(100, 100),
    again: repositoriesOnly(100),
  },
  {
    name: 'gar',
    provider: garProvider,
    start: (options) => startGarWorld({ ...options, region: 'us-central1' }),
    least: everything(1000, 1),
    again: () => 2,
  },
  {
    name: 'gar-all',
    provider: garProvider,
    start: startGarWorld,
    least: (holdings) => pages(LOCATIONS, 1000, holdings) + everything(1000, LOCATIONS)(holdings),
    // The location in use, four others in turn, a page.
    again: () => 6,
  },
  { name: 'gcr', provider: gcrProvider, start: startGcrWorld, least: everything(1000, 3), again: () => 4 },
  {
    name: 'acr',
    provider: acrProvider,
    start: startAcrWorld,
    least: each(1000, 1000),
    again: newestOfEach(1000),
  },
  {
    name: 'gitlab',
    provider: gitlabProvider,
    start: startGitlabWorld,
    least: each(100, 100),
    again: repositoriesOnly(100),
  },
  {
    name: 'jfrog',
    provider: jfrogProvider,
    start: startJfrogWorld,
    // Its searches give so many rows at most.
    least: everything(500_000, 0),
    again: () => 1,
  },
  {
    name: 'quay',
    provider: quayProvider,
    start: startQuayWorld,
    least: each(100, 100),
    again: repositoriesOnly(100),
  },
  {
    name: 'harbor',
    provider: ociProvider,
    start: startHarborWorld,
    least: each(100, 100),
    again: repositoriesOnly(100),
  },
  {
    name: 'zot',
    provider: ociProvider,
    start: startZotWorld,
    least: together(1000, 20),
    again: together(1000, 20),
  },
  { name: 'oci', provider: ociProvider, start: startOciWorld, least: eachTag(1000), again: eachTag(1000) },
]
