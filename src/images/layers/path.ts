import { posix } from 'node:path'

const unclean = /(?:^|\/)\.{0,2}(?:\/|$)/

/**
 * An entry's name as Trivy sees it: Go's `path.Clean`, then no leading slashes (pkg/fanal/walker/tar.go). `..` is left only in
 * front, where it leads out of the image; such a name never equals a well-known path and never reaches a disk.
 */
export function cleanPath(name: string): string {
  if (!unclean.test(name)) return name
  const normal = posix.normalize(name).replace(/^\/+/, '')
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal
}

const OPAQUE = '.wh..wh..opq'
const WHITEOUT = '.wh.'

export type Whiteout = { readonly kind: 'opaque' | 'removed'; readonly path: string }

/**
 * What an entry takes away of the layers below (image-spec, layer.md, Whiteouts), whatever type the entry has. As in Trivy,
 * `.wh.` and `.wh..` take away their own directory, `.wh...` the one above: Go's `path.Join` says so.
 *
 * @param path clean
 */
export function whiteoutOf(path: string): Whiteout | undefined {
  const cut = path.lastIndexOf('/') + 1
  if (!path.startsWith(WHITEOUT, cut)) return undefined
  const directory = path.slice(0, cut)
  if (path.slice(cut) === OPAQUE) return { kind: 'opaque', path: directory.slice(0, -1) }
  return { kind: 'removed', path: cleanPath(directory + path.slice(cut + WHITEOUT.length)) }
}
