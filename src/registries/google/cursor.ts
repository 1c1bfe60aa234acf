/** Where a listing of a connection stopped. */
export interface Cursor {
  /** `repositoryKey` of the repository of Artifact Registry; '' in a listing of one image. */
  readonly at: string
  readonly pageToken: string | undefined
  readonly newestFirst: boolean
  /** Something older was left out before. */
  readonly partial: boolean
}

export function writeCursor({ at, pageToken, newestFirst, partial }: Cursor): string {
  return new URLSearchParams({
    at,
    ...(pageToken === undefined ? {} : { page: pageToken }),
    ...(newestFirst ? { newest: '1' } : {}),
    ...(partial ? { partial: '1' } : {}),
  }).toString()
}

/** undefined: from the start, also for what is no cursor of ours. */
export function readCursor(text: string | undefined): Cursor | undefined {
  const parameters = new URLSearchParams(text ?? '')
  const at = parameters.get('at')
  if (at === null) return undefined
  return {
    at,
    pageToken: parameters.get('page') ?? undefined,
    newestFirst: parameters.has('newest'),
    partial: parameters.has('partial'),
  }
}
