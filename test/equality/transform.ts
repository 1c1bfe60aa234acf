import type {
  Compression,
  FileListing,
  ImageListing,
  LayerListing,
} from '../../src/test-support/image-builder/index.ts'

/** Whether a listing says all of its layers by `files`, `whiteouts` and `opaque`: only such can be laid over each other here. */
export function isPlain({ layers }: ImageListing): boolean {
  return layers.every((layer) => layer.tar === undefined && (layer.entries ?? []).length === 0)
}

export function recompressed(image: ImageListing, compression: Compression): ImageListing {
  return { ...image, layers: image.layers.map((layer) => ({ ...layer, compression })) }
}

/** Each layer's files in another order: a tar has none that matters. */
export function reversed(image: ImageListing): ImageListing {
  return {
    ...image,
    layers: image.layers.map((layer) => ({
      ...layer,
      files: Object.fromEntries(Object.entries(layer.files ?? {}).reverse()),
    })),
  }
}

/** All layers as one, as `docker build --squash` does it. */
export function squashed(image: ImageListing): ImageListing {
  const files = new Map<string, FileListing>()
  for (const layer of image.layers) layOver(files, layer)
  return { ...image, layers: [{ files: Object.fromEntries(files) }] }
}

function layOver(files: Map<string, FileListing>, layer: LayerListing): void {
  const hides = (path: string): boolean =>
    (layer.whiteouts ?? []).some((gone) => path === gone || path.startsWith(`${gone}/`)) ||
    (layer.opaque ?? []).some((folder) => path.startsWith(`${folder}/`))
  for (const path of [...files.keys()].filter(hides)) files.delete(path)
  for (const [path, file] of Object.entries(layer.files ?? {})) files.set(path, file)
}

/** With layers in between that concern no package. */
export function padded(image: ImageListing): ImageListing {
  const filler = (at: number): LayerListing => ({
    files: { 'etc/motd': `layer ${at}`, [`srv/data/${at}.bin`]: 'x'.repeat(1000) },
  })
  return { ...image, layers: image.layers.flatMap((layer, at) => [filler(at), layer]) }
}
