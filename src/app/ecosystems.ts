import { apk } from '../ecosystems/apk/index.ts'
import { bitnamiAnd } from '../ecosystems/bitnami/index.ts'
import { cargo } from '../ecosystems/cargo/index.ts'
import { composer } from '../ecosystems/composer/index.ts'
import { conda } from '../ecosystems/conda/index.ts'
import { dpkg } from '../ecosystems/dpkg/index.ts'
import { gem } from '../ecosystems/gem/index.ts'
import { go } from '../ecosystems/go/index.ts'
import { julia } from '../ecosystems/julia/index.ts'
import { maven } from '../ecosystems/maven/index.ts'
import { npm } from '../ecosystems/npm/index.ts'
import { nuget } from '../ecosystems/nuget/index.ts'
import { pypi } from '../ecosystems/pypi/index.ts'
import { rpm } from '../ecosystems/rpm/index.ts'
import type { IndexingPlugin } from '../indexing/index.ts'
import type { MatchingPlugin } from '../matching/index.ts'

const own: readonly (IndexingPlugin & MatchingPlugin)[] = [
  apk,
  cargo,
  composer,
  conda,
  dpkg,
  gem,
  go,
  julia,
  maven,
  npm,
  nuget,
  pypi,
  rpm,
]

/** Every ecosystem that Portolan reads and matches: a new one is its folder and its line here. SBOM files may name any of them. */
export const ecosystems: readonly (IndexingPlugin & MatchingPlugin)[] = [...own, bitnamiAnd(own)]
