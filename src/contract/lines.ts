import type { Problem } from './shapes.ts'

/** Asked for and sent by a route that tells of its work while it lasts: JSON texts, each in a line (github.com/ndjson/ndjson-spec). */
export const LINES_TYPE = 'application/x-ndjson'

/** One line of such an answer: progress as often as there is some, then the answer, or why there is none. */
export type Line<P, A> = { readonly progress: P } | { readonly answer: A } | { readonly problem: Problem }
