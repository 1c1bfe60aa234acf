import type { PackageFact } from '../../indexing/index.ts'
import { type RpmHeader, TAG } from './rpmdb/header.ts'

/**
 * A package as its header states it, in Trivy's reading: no architecture is `None`, a source has the epoch of its package.
 * undefined when it has no name.
 * @throws AppError `rpmdb-damaged`
 */
export function packageFact(header: RpmHeader): PackageFact | undefined {
  const name = header.string(TAG.name)
  if (name === '') return undefined
  const epoch = header.integers(TAG.epoch)[0]
  return {
    name,
    version: header.string(TAG.version),
    ...(epoch ? { epoch } : {}),
    ...present('release', header.string(TAG.release)),
    arch: header.string(TAG.arch) || 'None',
    ...sourceOf(stated(header.string(TAG.sourceRpm)), epoch),
    ...licensesOf(stated(header.string(TAG.license))),
    ...present('vendor', stated(header.string(TAG.vendor))),
    ...present('modularityLabel', header.string(TAG.modularityLabel)),
  }
}

/** `glibc-2.34-83.el9.src.rpm`: name, version and release of the source package; nothing where that is no such name. */
export function sourceOf(
  file: string,
  epoch: number | undefined,
): Pick<PackageFact, 'sourceName' | 'sourceVersion' | 'sourceRelease' | 'sourceEpoch'> {
  const [, sourceName, sourceVersion, sourceRelease] =
    /^(.*)-([^-]*)-([^-]*)\.[^.]*$/s.exec(file.replace(/\.rpm$/, '')) ?? []
  if (sourceName === undefined || sourceVersion === undefined || sourceRelease === undefined) return {}
  return { sourceName, sourceVersion, sourceRelease, ...(epoch ? { sourceEpoch: epoch } : {}) }
}

function licensesOf(license: string): Pick<PackageFact, 'licenses'> {
  return license === '' ? {} : { licenses: [license] }
}

/** rpm writes `(none)` where there is nothing. */
function stated(text: string): string {
  return text === '(none)' ? '' : text
}

function present<Key extends string>(key: Key, value: string): Partial<Record<Key, string>> {
  return value === '' ? {} : ({ [key]: value } as Record<Key, string>)
}
