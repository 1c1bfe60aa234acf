import type { ImagePackage, SbomProperty } from './ports.ts'

/** What Trivy says of a package in properties (pkg/sbom/core, PropertySrcName and on): so each reads what the other writes. */
export function packageProperties(item: ImagePackage): SbomProperty[] {
  const { name, version, type, path, source, layer } = item
  const stated = filled([
    ['PkgID', `${name}@${version}`],
    ['PkgType', type],
    ['FilePath', path],
    ['SrcName', source?.name],
    ['SrcVersion', source?.version],
    ['SrcRelease', source?.release],
    ['SrcEpoch', source?.epoch ? String(source.epoch) : undefined],
    ['LayerDigest', layer?.digest],
    ['LayerDiffID', layer?.diffId],
  ])
  return [...stated, ...item.properties]
}

function filled(pairs: readonly (readonly [string, string | null | undefined])[]): SbomProperty[] {
  return pairs.flatMap(([name, value]) => (value ? [{ name, value }] : []))
}
