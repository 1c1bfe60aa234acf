import { AppError, decodeCursor, encodeCursor } from '../core/index.ts'
import type { FindingName } from './occurrences/store.ts'

/** A finding's id: its lasting parts, none of them a number that other organisations share. */
export function findingId({
  repositoryId,
  vulnerability,
  ecosystem,
  packageName,
  imageId,
}: FindingName): string {
  return encodeCursor([repositoryId, vulnerability, ecosystem, packageName, imageId ?? 0])
}

/** Of an occurrence in a list: the finding, and which of its rows. */
export function occurrenceId(name: FindingName, set: number, entry: number): string {
  return `${findingId(name)}.${set}.${entry}`
}

/** @throws AppError `finding-not-found` (not-found) */
export function parseFindingId(id: string): FindingName {
  try {
    const parts = decodeCursor(id.split('.', 1)[0], ['number', 'string', 'string', 'string', 'number'])
    if (parts === undefined) throw findingNotFound()
    const [repositoryId, vulnerability, ecosystem, packageName, imageId] = parts
    if (![repositoryId, imageId].every((each) => Number.isInteger(each) && Math.abs(each) < 2 ** 31))
      throw findingNotFound()
    return { repositoryId, vulnerability, ecosystem, packageName, imageId: imageId === 0 ? null : imageId }
  } catch {
    throw findingNotFound()
  }
}

export function findingNotFound(): AppError {
  return new AppError({
    code: 'finding-not-found',
    kind: 'not-found',
    publicMessage: 'There is no such finding.',
    remedy: 'It may have been fixed; look at the list of findings.',
  })
}
