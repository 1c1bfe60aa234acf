import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A page with parts that come from the code. */
export interface Page {
  /** From the root of the repository. */
  readonly path: string
  /** As it stands; undefined: there is none. */
  readonly text: string | undefined
  /** As it should be; undefined: it has no place for what is generated. */
  readonly wanted: string | undefined
}

/** @param fillIn gives the page as it should be */
export function pageOf(root: string, path: string, fillIn: (text: string) => string | undefined): Page {
  const text = read(join(root, path))
  return { path, text, wanted: text === undefined ? undefined : fillIn(text) }
}

/** Pages that are missing, have no markers, or are stale. */
export function problemsOf(pages: readonly Page[]): string[] {
  return pages.flatMap(({ path, text, wanted }) => {
    if (text === undefined) return [`${path}: the page is missing`]
    if (wanted === undefined) return [`${path}: has no markers for what is generated`]
    return text === wanted ? [] : [`${path}: is not as the code says; run npm run docs`]
  })
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
