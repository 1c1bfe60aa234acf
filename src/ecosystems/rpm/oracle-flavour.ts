/**
 * Oracle Linux has builds of some packages that are patched in memory or certified: versions of different flavours are never
 * compared (trivy-db, oracle-oval, PackageFlavor). null: a normal build.
 * @param version or release
 */
export function flavourOf(version: string): 'fips' | 'ksplice' | null {
  const text = version.toLowerCase()
  if (text.endsWith('_fips')) return 'fips'
  return text.split('.').some((part) => part.startsWith('ksplice')) ? 'ksplice' : null
}
