import type { Analyzer, LayerFact } from '../../indexing/index.ts'
import { decodeText, jsonObject } from '../index.ts'
import { dockerfileLabels } from './dockerfile-labels.ts'

const contentManifest = /^(?:root\/buildinfo\/content_manifests|usr\/share\/buildinfo)\/[^/]*\.json$/
const dockerfile = /^root\/buildinfo\/Dockerfile[^/]*$/

/** Characters of all names together; real images have some thousands. Every package of the layer has them in its subject. */
const MAX_CONTENT_SETS = 32_768
const MAX_LABELS = 1024

/** Reads what Red Hat's images say of their build, in each of its layers (Trivy, pkg/fanal/analyzer/buildinfo). */
export const buildInfoAnalyzer: Analyzer = {
  id: 'rpm-build-info',
  version: 1,
  maxSize: 1024 * 1024,
  wants: (file) => contentManifest.test(file.path) || dockerfile.test(file.path),
  read: (path, content) => {
    const text = decodeText(content)
    return contentManifest.test(path) ? contentSets(path, JSON.parse(text)) : build(path, text)
  },
}

function contentSets(path: string, manifest: unknown): LayerFact[] {
  const names = jsonObject(manifest)?.get('content_sets')
  if (!Array.isArray(names)) return []
  const sets = names.filter((name): name is string => typeof name === 'string')
  if (JSON.stringify(sets).length > MAX_CONTENT_SETS)
    throw new Error('it names more repositories than any real image')
  return sets.length === 0 ? [] : [{ kind: 'build-info', path, contentSets: sets }]
}

/** `Dockerfile-ubi8-8.7-1112` holds labels for the name, and its own name the version. */
function build(path: string, text: string): LayerFact[] {
  const labels = dockerfileLabels(text)
  const last = (...keys: readonly string[]): string | undefined =>
    labels.findLast(({ key }) => keys.includes(key.toLowerCase()))?.value
  const component = last('com.redhat.component', 'bzcomponent')
  const arch = last('architecture')
  if (!component) throw new Error('it has no label com.redhat.component')
  if (!arch) throw new Error('it has no label architecture')
  if (component.length + arch.length > MAX_LABELS)
    throw new Error('its labels are longer than those of any real image')
  const version = path.includes('-') ? path.split('-').slice(-2).join('-') : ''
  return [{ kind: 'build-info', path, nvr: `${component}-${version}`, arch }]
}
