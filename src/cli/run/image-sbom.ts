import { describeImage, imageContents } from '../../app/documents.ts'
import { indexOnly } from '../../app/engine.ts'
import { newId, systemClock } from '../../core/index.ts'
import type { IndexProgress } from '../../indexing/index.ts'
import { writeCycloneDx, writeSpdx } from '../../sbom/index.ts'
import type { CommandContext } from '../context.ts'
import { jsonText } from '../formats/json-text.ts'
import type { SbomFormat } from '../formats/names.ts'
import { openImage } from '../image-input.ts'
import { openJavaNamesOfScan } from '../java-names.ts'
import { startProgress } from '../progress.ts'
import { createRemote } from '../remote.ts'
import { loadSettings } from '../settings.ts'
import { VERSION } from '../version.ts'
import { describeProgress, type ImageOptions } from './image.ts'

/** Writes the SBOM of an image; no vulnerability data is needed. @returns the exit code */
export async function runImageSbom(
  name: string,
  format: SbomFormat,
  options: Omit<ImageOptions, 'format'>,
  context: CommandContext,
): Promise<number> {
  const { signal } = context
  const settings = await loadSettings(context.env)
  const remotes = await createRemote(options, context)
  const progress = await startProgress(context.stderr)
  const { offline } = options
  const java = openJavaNamesOfScan(
    { settings, clock: systemClock, remote: remotes.data, progress, signal, offline },
    context,
  )
  try {
    const { source, reference, remote } = await openImage(name, remotes.images, context)
    try {
      const request = {
        source,
        reference,
        platform: options.platform,
        fresh: !options.cache,
        signal,
        onProgress: (done: IndexProgress) => progress.show(describeProgress(name, done)),
      }
      const { note, digest, image, inventory } = await indexOnly(settings.layerDir, request, java.names)
      progress.clear()
      for (const each of [...(note === undefined ? [] : [note]), ...inventory.notes]) context.note(each)
      const contents = imageContents({ name, remote, digest, inventory, ...describeImage(image) })
      const time = systemClock.now()
      const stamp = { serial: newId(time), time, tool: VERSION }
      const document = format === 'cyclonedx' ? writeCycloneDx(contents, stamp) : writeSpdx(contents, stamp)
      await context.write(jsonText(document))
      return 0
    } finally {
      await source.close?.()
    }
  } finally {
    java.close()
    progress.clear()
  }
}
