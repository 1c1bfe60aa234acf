import type { LayerFact, OwnedFilesFact } from './ports.ts'

/** Which files of a layer its OS packages own. */
export class OwnedFiles {
  readonly #paths = new Set<string>()
  readonly #byOwner = new Map<string, (readonly string[])[]>()

  add({ owner, files }: OwnedFilesFact): void {
    if (owner === undefined) for (const file of files) this.#paths.add(withoutSlash(file))
    else this.#listsOf(owner).push(files)
  }

  /**
   * The paths, once all facts of the layer are known. What a third party's package brought is looked at for itself: no advisory
   * is about that package (Trivy 0.69, aquasecurity/trivy#9932).
   */
  paths(facts: Iterable<LayerFact>): ReadonlySet<string> {
    const thirdParties = thirdPartiesOf(facts)
    for (const [owner, lists] of this.#byOwner) {
      if (thirdParties.has(owner)) continue
      for (const files of lists) for (const file of files) this.#paths.add(withoutSlash(file))
    }
    this.#byOwner.clear()
    return this.#paths
  }

  #listsOf(owner: string): (readonly string[])[] {
    const lists = this.#byOwner.get(owner) ?? []
    this.#byOwner.set(owner, lists)
    return lists
  }
}

/** By name, and by name and architecture, as lists of files are called. */
function thirdPartiesOf(facts: Iterable<LayerFact>): ReadonlySet<string> {
  const names = new Set<string>()
  for (const fact of facts) {
    if (fact.kind !== 'packages' || fact.scope !== 'os') continue
    for (const { name, arch, thirdParty } of fact.packages) {
      if (thirdParty) names.add(name).add(`${name}:${arch ?? ''}`)
    }
  }
  return names
}

function withoutSlash(path: string): string {
  return path.startsWith('/') ? path.slice(1) : path
}
