import type { OperatingSystem } from '../inventory/index.ts'
import type { OsFact } from './ports.ts'

/** Families that are guessed from files which others have too: a better statement replaces them. */
const replaceable = new Set(['redhat', 'debian'])

/**
 * Lays one statement about the operating system over what is known, as Trivy does (pkg/fanal/types/artifact.go, OS.Merge): the first
 * family and the first release stay, but Red Hat and Debian give way to whatever names a family after them (Oracle Linux has
 * Red Hat's file too, Ubuntu Debian's), a later release of their own included; extended support, once seen, stays unless all is replaced; a supplier always stays.
 */
export function mergeOs(
  known: OperatingSystem,
  next: Pick<OsFact, 'family' | 'release' | 'extended' | 'supplier'>,
): OperatingSystem {
  const extended = next.extended ?? false
  const supplier = known.supplier ?? next.supplier
  const supplied = supplier === undefined ? {} : { supplier }
  if (replaceable.has(known.family) && next.family !== '') {
    return { family: next.family, release: next.release, extended, ...supplied }
  }
  return {
    family: known.family || next.family,
    release: known.release || next.release,
    extended: known.extended || extended,
    ...supplied,
  }
}

/** Nothing is known yet. */
export const NO_OS: OperatingSystem = { family: '', release: '', extended: false }
