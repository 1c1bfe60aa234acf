import type { EcosystemId } from '../inventory/index.ts'

/** A statement about the operating system, from one file. */
export interface OsFact {
  readonly kind: 'os'
  readonly path: string
  readonly family: string
  readonly release: string
  readonly extended?: boolean
  /** Who rebuilt the packages: says nothing of the system itself. */
  readonly supplier?: string
}

/**
 * From where Red Hat built a layer: content sets are the package repositories that it draws on, `nvr` names the build. A later file
 * of the layer completes an earlier one.
 */
export interface BuildInfoFact extends BuildInfo {
  readonly kind: 'build-info'
  readonly path: string
}

export interface BuildInfo {
  readonly contentSets?: readonly string[]
  /** Name, version and release of the image's build: `ubi8-container-8.7-1112`. */
  readonly nvr?: string
  readonly arch?: string
}

/** The package repository that an image uses, which may differ from its release (Alpine's etc/apk/repositories). */
export interface RepositoryFact {
  readonly kind: 'repository'
  readonly family: string
  readonly release: string
}

/** A package as its database states it, free of context. */
export interface PackageFact {
  readonly name: string
  /** Upstream version without epoch and release where the format has them apart, else the whole. */
  readonly version: string
  readonly epoch?: number
  readonly release?: string
  readonly arch?: string
  readonly sourceName?: string
  readonly sourceVersion?: string
  readonly sourceEpoch?: number
  readonly sourceRelease?: string
  readonly licenses?: readonly string[]
  readonly maintainer?: string
  /** Where it lies within the file, where that is an archive: `app.war/WEB-INF/lib/a.jar`; absent: the file itself. */
  readonly path?: string
  /** rpm: who built the package, in its own words: `Red Hat, Inc.`. */
  readonly vendor?: string
  /** rpm: the module stream that it belongs to: `nodejs:18:8090020240101:rhel9`. */
  readonly modularityLabel?: string
  /** Its database, or who made it, says that it comes from outside of the distribution (EPEL, Docker). */
  readonly thirdParty?: boolean
  /** Julia: what identifies a package beside its name. */
  readonly uuid?: string
}

/** A package that does not say its name for sure. What its file says is kept; a name is given when layers are merged. */
export interface UnnamedPackage {
  /** As in `PackageFact`. */
  readonly path?: string
  /** Of its bytes, 40 hex digits. */
  readonly sha1: string
  /** What it claims to be: believed where the database of names knows group and artifact. */
  readonly claimed?: { readonly group: string; readonly artifact: string; readonly version: string }
  /** What the name of its file looks like. */
  readonly guessed?: { readonly artifact: string; readonly version: string }
}

/** The packages that one file names. */
export interface PackagesFact {
  readonly kind: 'packages'
  readonly scope: 'os' | 'language'
  readonly ecosystem: EcosystemId
  /** The file: `var/lib/dpkg/status`, `app/node_modules/a/package.json`. */
  readonly path: string
  readonly packages: readonly PackageFact[]
  /** Those that `IndexingPlugin.naming` is to name. A file with nothing but such, none of which gets a name, counts as absent. */
  readonly unnamed?: readonly UnnamedPackage[]
}

/** Files that OS packages of this layer own: language packages found in them are dropped, within the layer only. */
export interface OwnedFilesFact {
  readonly kind: 'owned-files'
  /** Whose they are, where the file says it: a package's name, or `name:architecture`. */
  readonly owner?: string
  readonly files: readonly string[]
}

/** Part of the file could not be read: noted as a throw is, while its other facts count. */
export interface DamageFact {
  readonly kind: 'damage'
  /** Ends the sentence "could not read <path>: ...". */
  readonly what: string
}

/** What `Analyzer.finish` needs to know of one file; it never leaves the analyzer. */
export interface PartFact {
  readonly kind: 'part'
  readonly path: string
  readonly part: unknown
}

export type LayerFact =
  | OsFact
  | RepositoryFact
  | BuildInfoFact
  | PackagesFact
  | OwnedFilesFact
  | DamageFact
  | PartFact
