import type { Distribution, ImageContext, PackageFact } from '../../indexing/index.ts'
import type { OperatingSystem, Subject } from '../../inventory/index.ts'
import {
  endOfLastDay,
  type LastDays,
  majorOf,
  matchedAs,
  minorOf,
  notMatched,
  type OsVerdict,
  skipReasonOf,
  type Suppliers,
  spellVersion,
  withSuppliers,
} from '../index.ts'
import * as lastDays from './end-of-life.ts'
import { flavourOf } from './oracle-flavour.ts'
import { rpmPackageUrl } from './purl.ts'
import { cpeContextOf, modularName } from './red-hat.ts'

/** How one family's packages are looked up. */
interface Family {
  readonly family: string
  /** The part of a release that advisories and ends of support go by. */
  readonly release: (release: string) => string
  /** Without the release where the family has one space for all. */
  readonly space: (release: string) => string
  readonly lookupKey: (fact: PackageFact) => string | undefined
  readonly version?: (fact: PackageFact) => string
  /** What else decides. */
  readonly more?: (fact: PackageFact, context: ImageContext) => Partial<Subject>
  readonly skips?: (fact: PackageFact) => boolean
  readonly lastDays?: LastDays
  readonly suppliers?: Suppliers
}

const whole = (release: string): string => release
const binaryName = (fact: PackageFact): string => fact.name
const sourceName = (fact: PackageFact): string | undefined => fact.sourceName
const binaryVersion = (fact: PackageFact): string => spellVersion(fact.epoch, fact.version, fact.release)
const sourceVersion = (fact: PackageFact): string =>
  spellVersion(fact.sourceEpoch, fact.sourceVersion ?? '', fact.sourceRelease)

/** By the release that a package was built for: `8.el9_3` → `9`. */
const seal: NonNullable<Suppliers['seal']> = {
  space: (release) => {
    const [, built = ''] = /el([^_+]*)/.exec(release) ?? []
    return built === '' ? 'Red Hat' : `Red Hat ${built}`
  },
}

/** By the distribution that a package was built for, which need not be the image's: the last of `.el9`, `.fc43`, `.rf1`. */
const rapidFort: NonNullable<Suppliers['rapidFort']> = {
  space: (version, release) => {
    const [, tag, number = ''] = [...version.matchAll(/\.(el|fc|rf)(\d*)/g)].at(-1) ?? []
    if (tag === 'fc') return `fedora ${number}`.trim()
    const built = tag === undefined ? majorOf(release) : tag === 'rf' ? '' : number
    return `Red Hat ${built}`.trim()
  },
}

/** Red Hat's advisories stand in one space; which of them hold is for the products to say that the layer was built from. */
function redHatLike(family: string, days: LastDays, suppliers: Suppliers): Family {
  return {
    family,
    release: majorOf,
    space: () => 'Red Hat',
    lookupKey: modularName,
    more: (fact, { os, buildInfo }) => ({
      arch: fact.arch ?? null,
      cpeContext: cpeContextOf(majorOf(os?.release ?? ''), buildInfo),
    }),
    lastDays: days,
    suppliers,
  }
}

function susian(family: string, space: (release: string) => string, days?: LastDays): Family {
  const more = days === undefined ? {} : { lastDays: days }
  return { family, release: whole, space, lookupKey: binaryName, ...more }
}

function azure(family: string, name: string): Family {
  return {
    family,
    release: minorOf,
    space: (release) => `${name} ${release}`,
    lookupKey: sourceName,
    version: sourceVersion,
  }
}

/** `2 (Karoo)` → `2`, `2023.1.20230719 (Amazon Linux)` → `2023`; all that is older is 1. */
function amazonRelease(release: string): string {
  const major = majorOf(release.split(' ', 1)[0] ?? '')
  return ['2', '2022', '2023'].includes(major) ? major : '1'
}

const families: readonly Family[] = [
  redHatLike('redhat', lastDays.redHat, { rapidFort, seal }),
  redHatLike('centos', lastDays.centOs, { seal }),
  {
    family: 'alma',
    release: majorOf,
    space: (release) => `alma ${release}`,
    lookupKey: modularName,
    // Some of Alma's modular packages lack their label, and nothing says which stream they are of (bugs.almalinux.org, 173).
    skips: (fact) => (fact.release ?? '').includes('.module_el') && !fact.modularityLabel,
    lastDays: lastDays.alma,
  },
  {
    family: 'rocky',
    release: majorOf,
    space: (release) => `rocky ${release}`,
    lookupKey: modularName,
    more: (fact) => ({ arch: fact.arch ?? null }),
    lastDays: lastDays.rocky,
  },
  {
    family: 'oracle',
    release: majorOf,
    space: (release) => `Oracle Linux ${release}`,
    lookupKey: binaryName,
    more: (fact) => ({ arch: fact.arch ?? null, flavour: flavourOf(fact.release ?? '') }),
    lastDays: lastDays.oracle,
    suppliers: { seal },
  },
  {
    family: 'amazon',
    release: amazonRelease,
    space: (release) => `amazon linux ${release}`,
    lookupKey: binaryName,
    lastDays: lastDays.amazon,
  },
  susian('sles', (release) => `SUSE Linux Enterprise ${release}`, lastDays.sles),
  susian('slem', (release) => `SUSE Linux Enterprise Micro ${release}`, lastDays.sleMicro),
  susian('opensuse-leap', (release) => `openSUSE Leap ${release}`, lastDays.openSuseLeap),
  susian('opensuse-tumbleweed', () => 'openSUSE Tumbleweed'),
  {
    family: 'photon',
    release: whole,
    space: (release) => `Photon OS ${release}`,
    lookupKey: sourceName,
    lastDays: lastDays.photon,
  },
  { ...azure('cbl-mariner', 'CBL-Mariner'), suppliers: { seal } },
  azure('azurelinux', 'Azure Linux'),
]

/** The families whose packages rpm keeps, and that have advisories. Fedora, CentOS Stream and CoreOS have none. */
export const distributions: readonly Distribution[] = families.map((family) =>
  withSuppliers(
    {
      family: family.family,
      subject: (fact, context) => ({
        ...verdict(family, fact, context),
        ...(context.os === null ? {} : { purl: rpmPackageUrl(fact, context.os) }),
      }),
      endOfLife: ({ release }) => endOfLastDay(family.lastDays ?? {}, family.release(release)),
    },
    'rpm',
    family.suppliers ?? {},
  ),
)

function verdict(family: Family, fact: PackageFact, context: ImageContext): OsVerdict {
  const os: OperatingSystem | null = context.os
  if (os === null) return notMatched('unsupported-os')
  const skipped = skipReasonOf(fact)
  if (skipped !== null) return notMatched(skipped)
  const lookupKey = family.lookupKey(fact)
  if (!lookupKey || family.skips?.(fact)) return notMatched('no-version')
  return matchedAs({
    space: family.space(family.release(os.release)),
    lookupKey,
    comparer: 'rpm',
    version: (family.version ?? binaryVersion)(fact),
    ...family.more?.(fact, context),
  })
}
