import type { ArtifactRepository } from './repository.ts'

/** What an earlier survey found, and whether this one may leave out what was empty then. */
export interface SurveyMemo {
  readonly text: string
  readonly mayLeaveOut: boolean
}

/** Where a listing looks. */
export interface Survey {
  /** Those that hold images, in the order of `repositoryKey`. */
  readonly repositories: readonly ArtifactRepository[]
  /** Nobody looked there since it was empty: what it holds may be older than what was asked for last. */
  isNew(repository: ArtifactRepository): boolean
  /** Places were left out. */
  readonly partial: boolean
  /** For the next survey; undefined: it needs to know nothing. */
  readonly memo: string | undefined
}

/** The same places every time. */
export function fixedSurvey(repositories: readonly ArtifactRepository[]): Survey {
  return { repositories, isNew: () => false, partial: false, memo: undefined }
}
