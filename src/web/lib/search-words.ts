/** Where the words of the search box may lead. */
export type SearchTarget =
  | { to: '/images'; label: string; search: { q?: string; digest?: string } }
  | { to: '/findings'; label: string; search: { cve?: string; package?: string; digest?: string } }

const VULNERABILITY = /^[A-Za-z][A-Za-z0-9]{1,15}-[\w:.-]{2,80}\d[\w:.-]*$/
const KNOWN_VULNERABILITY = /^(CVE|GHSA|DSA|DLA|USN|ALAS\d*|RHSA|ELSA)-/i

/** A digest, a vulnerability's id, or words: each gets the lists that can answer, the likeliest first. */
export function readQuery(text: string): SearchTarget[] {
  const words = text.trim()
  if (words === '') return []
  if (/^sha256:[0-9a-f]{64}$/.test(words)) {
    return [
      { to: '/images', label: 'Image with this digest', search: { digest: words } },
      { to: '/findings', label: 'Findings of this digest', search: { digest: words } },
    ]
  }
  const images: SearchTarget = { to: '/images', label: `Images with “${words}”`, search: { q: words } }
  if (/^(sha256:)?[0-9a-f]{6,64}$/.test(words)) return [images]
  if (VULNERABILITY.test(words) && KNOWN_VULNERABILITY.test(words)) {
    const cve = /^GHSA-/i.test(words) ? words : words.toUpperCase()
    return [{ to: '/findings', label: `Findings of ${cve}`, search: { cve } }, images]
  }
  return [images, { to: '/findings', label: `Findings in package “${words}”`, search: { package: words } }]
}
