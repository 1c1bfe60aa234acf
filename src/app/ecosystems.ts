import { apk } from '../ecosystems/apk/index.ts'
import { dpkg } from '../ecosystems/dpkg/index.ts'
import { maven } from '../ecosystems/maven/index.ts'
import { go } from '../ecosystems/go/index.ts'
import { npm } from '../ecosystems/npm/index.ts'
import { rpm } from '../ecosystems/rpm/index.ts'
import type { IndexingPlugin } from '../indexing/index.ts'
import type { MatchingPlugin } from '../matching/index.ts'

/** Every ecosystem that Portolan reads and matches: a new one is its folder and its line here. */
export const ecosystems: readonly (IndexingPlugin & MatchingPlugin)[] = [apk, dpkg, go, maven, npm, rpm]
