import { type AttachedDocuments, applyVex, imagePurl, readAttached } from '../../app/documents.ts'
import type { ImageScan } from '../../app/engine.ts'
import type { ImageReference } from '../../core/index.ts'
import type { ImageSource } from '../../images/index.ts'
import { compareContents, type SbomDocument } from '../../sbom/index.ts'
import type { CommandContext } from '../context.ts'
import type { Report, SbomComparison } from '../formats/report.ts'
import type { ImageInput } from '../image-input.ts'
import { ATTACHED, readVexFiles } from './documents.ts'
import { readSbomFile } from './sbom.ts'

/** Documents that a user names beside an image: files, or `oci` for what is attached to the image. */
export interface ImageDocuments {
  /** VEX: honoured. */
  readonly vex: readonly string[]
  /** SBOMs: compared with what was found. */
  readonly compareSbom: readonly string[]
}

export type Laid = Pick<Report, 'groups' | 'suppressed' | 'comparisons'>

/** Lays documents over what was found. @throws AppError of reading them */
export async function layDocuments(
  scan: ImageScan,
  { source, remote }: ImageInput,
  options: ImageDocuments,
  context: CommandContext,
): Promise<Laid> {
  const attached = await attachedDocuments(source, scan, options, context)
  const vex = [
    ...(await readVexFiles(options.vex, context)),
    ...(options.vex.includes(ATTACHED) ? attached.vex : []).map(({ document }) => ({
      document,
      source: ATTACHED,
    })),
  ]
  const purls = remote === undefined ? [] : imagePurls(remote, scan)
  const comparisons = await compareSboms(scan, attached, options, context)
  return { ...applyVex(scan.groups, vex, { purls, sbom: null }), comparisons }
}

/** Statements may name the index, or the platform's own manifest. */
function imagePurls(remote: ImageReference, { digest, image }: ImageScan): string[] {
  const { architecture } = image.platform
  return [...new Set([digest, image.manifest.digest])].map((each) => imagePurl(remote, each, architecture))
}

const nothingAttached: AttachedDocuments = { sboms: [], vex: [], leftOut: new Set(), notes: [] }

async function attachedDocuments(
  source: ImageSource,
  { digest, image }: ImageScan,
  { vex, compareSbom }: ImageDocuments,
  { signal, note }: CommandContext,
): Promise<AttachedDocuments> {
  if (![...vex, ...compareSbom].includes(ATTACHED)) return nothingAttached
  const attached = await readAttached(source, { index: digest, manifest: image.manifest.digest }, signal)
  for (const each of attached.notes) note(each)
  const isNone = (kind: 'sbom' | 'vex', found: readonly unknown[]): boolean =>
    found.length === 0 && !attached.leftOut.has(kind)
  if (vex.includes(ATTACHED) && isNone('vex', attached.vex)) note('No VEX document is attached to the image.')
  if (compareSbom.includes(ATTACHED) && isNone('sbom', attached.sboms))
    note('No SBOM is attached to the image.')
  return attached
}

/** Compared, never believed: findings come from what is in the image. */
async function compareSboms(
  { inventory }: ImageScan,
  attached: AttachedDocuments,
  { compareSbom }: ImageDocuments,
  context: CommandContext,
): Promise<SbomComparison[]> {
  const found = inventory.sets.flatMap(({ entries }) => entries.map((entry) => entry.package.purl))
  const compare = (source: string, { packages }: SbomDocument): SbomComparison => {
    return {
      source,
      ...compareContents(
        packages.map(({ purl }) => purl),
        found,
      ),
    }
  }
  const comparisons: SbomComparison[] = []
  for (const file of compareSbom) {
    const documents =
      file === ATTACHED ? attached.sboms.map(({ document }) => document) : [await readSbomFile(file, context)]
    comparisons.push(...documents.map((document) => compare(file, document)))
  }
  return comparisons
}
