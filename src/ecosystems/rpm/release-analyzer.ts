import type { Analyzer, LayerFact } from '../../indexing/index.ts'
import { decodeText } from '../index.ts'

type Families = Readonly<Record<string, string>>

const centos: Families = { centos: 'centos', 'centos linux': 'centos' }
const rocky: Families = { rocky: 'rocky', 'rocky linux': 'rocky' }
const alma: Families = { alma: 'alma', almalinux: 'alma', 'alma linux': 'alma' }
const fedora: Families = { fedora: 'fedora', 'fedora linux': 'fedora' }
const oracle: Families = { oracle: 'oracle', 'oracle linux': 'oracle', 'oracle linux server': 'oracle' }

/** Which names each file speaks of; `other` is what any other name stands for there. */
const releaseFiles: Readonly<Record<string, { readonly families: Families; readonly other?: string }>> = {
  'etc/almalinux-release': { families: alma },
  'etc/centos-release': { families: centos },
  'etc/fedora-release': { families: fedora },
  'usr/lib/fedora-release': { families: fedora },
  'etc/oracle-release': { families: {}, other: 'oracle' },
  'etc/redhat-release': {
    families: { ...centos, ...rocky, ...alma, ...oracle, ...fedora },
    other: 'redhat',
  },
  'etc/rocky-release': { families: rocky },
}
const amazonFiles = new Set(['etc/system-release', 'usr/lib/system-release'])

/** Recognises Red Hat's relatives and Amazon Linux by the files that Trivy goes by (pkg/fanal/analyzer/os). */
export const releaseAnalyzer: Analyzer = {
  id: 'rpm-release',
  version: 1,
  maxSize: 1024 * 1024,
  wants: (file) => Object.hasOwn(releaseFiles, file.path) || amazonFiles.has(file.path),
  read: (path, content) => {
    const lines = decodeText(content).split(/\r?\n/)
    return amazonFiles.has(path) ? amazonRelease(path, lines) : redHatLikeRelease(path, lines)
  },
}

/** `Rocky Linux release 8.7 (Green Obsidian)`: the first line must say it, or is of a name that the file does not speak of. */
function redHatLikeRelease(path: string, lines: readonly string[]): LayerFact[] {
  const { families, other } = releaseFiles[path] ?? { families: {} }
  for (const line of lines) {
    const [, name = '', release] = /^(.*) release (\d[\d.]*)/.exec(line.trim()) ?? []
    if (release === undefined) return []
    const word = name.toLowerCase()
    const family = Object.hasOwn(families, word) ? families[word] : other
    if (family !== undefined) return [{ kind: 'os', path, family, release }]
  }
  return []
}

/** `Amazon Linux release 2 (Karoo)` → `2 (Karoo)`, `Amazon Linux AMI release 2018.03` → `AMI release 2018.03`. */
function amazonRelease(path: string, lines: readonly string[]): LayerFact[] {
  for (const line of lines) {
    if (!line.startsWith('Amazon Linux')) continue
    const words = line.split(/\s+/).filter((word) => word !== '')
    const numbered = line.startsWith('Amazon Linux release 2')
    if (numbered && words.length < 5) continue
    return [{ kind: 'os', path, family: 'amazon', release: words.slice(numbered ? 3 : 2).join(' ') }]
  }
  return []
}

const familiesById: Families = {
  rhel: 'redhat',
  centos: 'centos',
  rocky: 'rocky',
  almalinux: 'alma',
  ol: 'oracle',
  fedora: 'fedora',
  'opensuse-tumbleweed': 'opensuse-tumbleweed',
  'opensuse-leap': 'opensuse-leap',
  opensuse: 'opensuse-leap',
  sles: 'sles',
  'sle-micro': 'slem',
  'sl-micro': 'slem',
  'sle-micro-rancher': 'slem',
  photon: 'photon',
  azurelinux: 'azurelinux',
  mariner: 'cbl-mariner',
  coreos: 'coreos',
}

/** Trivy's family word; CentOS Stream shares its ID with CentOS, and has no advisories. */
export function familyOfOsRelease(id: string, name: string): string | undefined {
  if (id === 'centos' && name === 'CentOS Stream') return 'centos-stream'
  return Object.hasOwn(familiesById, id) ? familiesById[id] : undefined
}
