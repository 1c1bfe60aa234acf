interface Folder<T> {
  readonly children: Map<string, Folder<T>>
  values: Map<string, T> | undefined
}

/**
 * What lies at which path of an image while layers are laid over each other. Deleting a path takes all that is below it; setting
 * one leaves what is below a file of the same name, as Trivy's nested map does (pkg/fanal/applier/docker.go).
 */
export class FileTree<T> {
  #root = newFolder<T>()

  /** @param kind several kinds may lie at one path */
  set(path: string, kind: string, value: T): void {
    let folder = this.#root
    for (const part of path.split('/')) {
      let next = folder.children.get(part)
      if (next === undefined) {
        next = newFolder()
        folder.children.set(part, next)
      }
      folder = next
    }
    folder.values ??= new Map()
    folder.values.set(kind, value)
  }

  /** The root itself ('') cannot be deleted: Trivy does not hide lower layers by an opaque root either. */
  delete(path: string): void {
    const parts = path.split('/')
    const last = parts.pop() ?? ''
    let folder: Folder<T> | undefined = this.#root
    for (const part of parts) folder = folder?.children.get(part)
    folder?.children.delete(last)
  }

  /** In the order of paths, part by part: the same for the same content. */
  values(): T[] {
    const found: T[] = []
    const pending = [this.#root]
    for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
      // One at a time: a call takes some hundred thousand arguments, a folder more files.
      for (const value of sorted(folder.values ?? new Map<string, T>())) found.push(value)
      for (const child of sorted(folder.children).reverse()) pending.push(child)
    }
    return found
  }
}

function newFolder<T>(): Folder<T> {
  return { children: new Map(), values: undefined }
}

function sorted<T>(map: ReadonlyMap<string, T>): T[] {
  return [...map].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, value]) => value)
}
