import type { Analyzer, LayerFact } from '../../indexing/index.ts'
import { decodeText, firstLine, jsonObject } from '../index.ts'

const readers: Readonly<Record<string, (path: string, content: Uint8Array) => LayerFact[]>> = {
  'etc/debian_version': debianVersion,
  'etc/lsb-release': ubuntuRelease,
  'var/lib/ubuntu-advantage/status.json': ubuntuPro,
}

/** Recognises Debian, Ubuntu and Ubuntu Pro by the files that Trivy goes by. */
export const releaseAnalyzer: Analyzer = {
  id: 'dpkg-release',
  version: 1,
  maxSize: 4 * 1024 * 1024,
  wants: (file) => Object.hasOwn(readers, file.path),
  read: (path, content) => readers[path]?.(path, content) ?? [],
}

/** `12.4`, or code names before a release: `trixie/sid`. Ubuntu has the file as well; its own statement overrides. */
function debianVersion(path: string, content: Uint8Array): LayerFact[] {
  const release = firstLine(content)
  return release === undefined ? [] : [{ kind: 'os', path, family: 'debian', release }]
}

function ubuntuRelease(path: string, content: Uint8Array): LayerFact[] {
  const lines = decodeText(content).split(/\r?\n/)
  const start = lines.indexOf('DISTRIB_ID=Ubuntu')
  const prefix = 'DISTRIB_RELEASE='
  const line = start === -1 ? undefined : lines.slice(start).find((text) => text.startsWith(prefix))
  return line === undefined
    ? []
    : [{ kind: 'os', path, family: 'ubuntu', release: line.slice(prefix.length).trim() }]
}

/** Says only that extended maintenance is attached; the release is another file's. */
function ubuntuPro(path: string, content: Uint8Array): LayerFact[] {
  const status: unknown = JSON.parse(decodeText(content))
  return isEnabled(status) ? [{ kind: 'os', path, family: 'ubuntu', release: '', extended: true }] : []
}

function isEnabled(status: unknown): boolean {
  const services = jsonObject(status)?.get('services')
  return (
    Array.isArray(services) &&
    services
      .map(jsonObject)
      .some((service) => service?.get('name') === 'esm-infra' && service.get('status') === 'enabled')
  )
}
