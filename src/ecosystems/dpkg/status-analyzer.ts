import type { Analyzer, LayerFact, PackageFact } from '../../indexing/index.ts'
import { damageFacts, type DebVersion, decodeText, parseDebVersion } from '../index.ts'
import { type Paragraph, readParagraphs } from './control-file.ts'
import { isThirdParty } from './third-party.ts'

const statusFile = 'var/lib/dpkg/status'
/** One file a package, in images without dpkg itself (Distroless). */
const statusFolder = /^var\/lib\/dpkg\/status\.d\/[^/]+$/

/** Reads the installed packages of dpkg's database. A database without packages is a fact too: it replaces a lower layer's. */
export const statusAnalyzer: Analyzer = {
  id: 'dpkg-status',
  version: 3,
  maxSize: 128 * 1024 * 1024,
  wants: (file) =>
    file.path === statusFile || (statusFolder.test(file.path) && !file.path.endsWith('.md5sums')),
  read: (path, content): LayerFact[] => {
    const { packages, damaged } = readStatus(decodeText(content))
    return [{ kind: 'packages', scope: 'os', ecosystem: 'dpkg', path, packages }, ...damageFacts(damaged)]
  },
}

/**
 * Of paragraphs with one name and version (two architectures) the last counts, as in Trivy. Those that cannot be read, or
 * name no package, are counted: what they stood for is missing.
 */
export function readStatus(text: string): { packages: PackageFact[]; damaged: number } {
  const packages = new Map<string, PackageFact>()
  let damaged = 0
  for (const paragraph of readParagraphs(text)) {
    if (isDamaged(paragraph)) damaged += 1
    const fact = paragraph && packageOf(paragraph)
    if (fact !== undefined) packages.set(`${fact.name}@${paragraph?.get('version') ?? ''}`, fact)
  }
  return { packages: [...packages.values()], damaged }
}

function isDamaged(paragraph: Paragraph | undefined): boolean {
  return paragraph === undefined || (paragraph.size > 0 && !paragraph.get('package'))
}

function packageOf(paragraph: Paragraph): PackageFact | undefined {
  const name = paragraph.get('package')
  const versionText = paragraph.get('version')
  if (!name || !versionText || isRemoved(paragraph.get('status') ?? '')) return undefined
  const source = sourceOf(paragraph.get('source') ?? '')
  const version = parseDebVersion(versionText)
  const sourceVersion = parseDebVersion(source.version || versionText)
  if (version === undefined || sourceVersion === undefined) return undefined
  return factOf(paragraph, name, version, source.name || name, sourceVersion)
}

function factOf(
  paragraph: Paragraph,
  name: string,
  version: DebVersion,
  sourceName: string,
  sourceVersion: DebVersion,
): PackageFact {
  const arch = paragraph.get('architecture')
  const maintainer = paragraph.get('maintainer')
  return {
    name,
    version: version.upstream,
    ...(version.epoch > 0 ? { epoch: version.epoch } : {}),
    ...(version.revision ? { release: version.revision } : {}),
    ...(arch ? { arch } : {}),
    sourceName,
    sourceVersion: sourceVersion.upstream,
    ...(sourceVersion.epoch > 0 ? { sourceEpoch: sourceVersion.epoch } : {}),
    ...(sourceVersion.revision ? { sourceRelease: sourceVersion.revision } : {}),
    ...(maintainer ? { maintainer } : {}),
    ...(maintainer && isThirdParty(maintainer) ? { thirdParty: true } : {}),
  }
}

/** Trivy's rule: half-installed and unpacked count as there; a paragraph without a status (status.d) too. */
function isRemoved(status: string): boolean {
  const words = status.split(/\s+/)
  return words.includes('deinstall') || words.includes('purge')
}

/** `glibc (2.36-9)`, or the name alone when the source has the package's version. */
function sourceOf(text: string): { readonly name: string; readonly version: string } {
  const match = /^(\S*)(?: \((.*)\))?/.exec(text)
  return { name: match?.[1] ?? '', version: (match?.[2] ?? '').trim() }
}
