import type { Analyzer, LayerFact, PackageFact } from '../../indexing/index.ts'
import { decodeText } from '../index.ts'
import { sourceOf } from './package-facts.ts'
import { damaged } from './rpmdb/bytes.ts'

/**
 * Reads the list of packages in images without rpm itself (Distroless of CBL-Mariner and Azure Linux): what `rpm -qa` wrote. One
 * line that is none spoils the list, as in Trivy.
 */
export const manifestAnalyzer: Analyzer = {
  id: 'rpm-manifest',
  version: 1,
  maxSize: 64 * 1024 * 1024,
  wants: (file) => file.path === 'var/lib/rpmmanifest/container-manifest-2',
  read: (path, content): LayerFact[] => {
    const lines = decodeText(content)
      .replace(/\r?\n$/, '')
      .split('\n')
    const packages = lines.length === 1 && lines[0] === '' ? [] : lines.map(packageOf)
    return [{ kind: 'packages', scope: 'os', ecosystem: 'rpm', path, packages }]
  },
}

/** Name, version-release, time of installation and of build, vendor, `(none)`, size, architecture, epoch, source package. */
const FIELDS = 10

/** The epoch counts, as in Trivy since 0.65 (aquasecurity/trivy#9101); 0.44.1 passes it over. */
function packageOf(raw: string, index: number): PackageFact {
  const fields = raw.replace(/\r$/, '').split('\t')
  const [name = '', full = ''] = fields
  const [version = '', release = '', ...more] = full.split('-')
  const epoch = fields[8] ?? ''
  const source = sourceOf(fields[9] ?? '', Number(epoch))
  const isWhole =
    fields.length === FIELDS && full.includes('-') && more.length === 0 && /^[+-]?\d{1,18}$/.test(epoch)
  if (!isWhole || source.sourceName === undefined) throw damaged(`line ${index + 1} is no package`)
  return {
    name,
    version,
    ...(Number(epoch) === 0 ? {} : { epoch: Number(epoch) }),
    release,
    arch: fields[7] ?? '',
    ...source,
  }
}
