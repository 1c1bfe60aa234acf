import type { Analyzer } from '../../indexing/index.ts'
import { firstLine } from '../index.ts'

/** Recognises Alpine: `3.18.4`, on edge `3.19_alpha20230901`. */
export const releaseAnalyzer: Analyzer = {
  id: 'apk-release',
  version: 1,
  maxSize: 1024 * 1024,
  wants: (file) => file.path === 'etc/alpine-release',
  read: (path, content) => {
    const release = firstLine(content)
    return release === undefined ? [] : [{ kind: 'os', path, family: 'alpine', release }]
  },
}
