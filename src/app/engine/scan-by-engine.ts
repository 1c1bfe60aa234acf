import type { ImageEngine } from '../../engines/index.ts'
import { resolveImage } from '../../images/index.ts'
import { subjectKey } from '../../inventory/index.ts'
import type { ImageScan, ScanImageRequest } from './scan-image.ts'
import { type Matching, scanInventory } from './scan-inventory.ts'

export type ScanByEngineRequest = Pick<ScanImageRequest, 'source' | 'reference' | 'platform' | 'signal'> &
  Pick<Matching, 'plugins'>

/** One image by another engine: its packages, its verdicts, its words. @throws AppError of the source and of the engine */
export async function scanByEngine(engine: ImageEngine, request: ScanByEngineRequest): Promise<ImageScan> {
  const { source, reference, platform, signal, plugins } = request
  const resolved = await resolveImage(source, reference, platform, signal)
  const [image] = resolved.images
  if (image === undefined) throw new Error('a resolved image has no platform')
  const { inventory, verdicts, facts } = await engine.scan({
    source,
    image,
    owner: '',
    ...(signal === undefined ? {} : { signal }),
  })
  const said = [...verdicts.values()].flat()
  const details = new Map(
    said.map((verdict) => [verdict.match.vulnerabilityId, verdict.details ?? undefined]),
  )
  const scan = scanInventory(inventory, {
    matcher: { match: (subject) => (verdicts.get(subjectKey(subject)) ?? []).map(({ match }) => match) },
    database: { details: (id) => details.get(id), updatedAt: facts.databaseUpdatedAt },
    plugins,
  })
  const { id, label } = engine
  return { digest: resolved.digest, image, ...scan, engine: { id, label, version: facts.version } }
}
