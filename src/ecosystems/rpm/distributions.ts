import type { Distribution } from '../../indexing/index.ts'

/** The families whose packages rpm keeps. */
export const distributions: readonly Distribution[] = []
