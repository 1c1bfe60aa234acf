import type { DatabaseRows } from '../../../src/test-support/vulnerability-database/index.ts'
import { alpineRows } from './alpine.ts'
import { debianRows } from './debian.ts'
import { npmRows } from './npm.ts'
import { ubuntuRows } from './ubuntu.ts'

const parts = [alpineRows, debianRows, npmRows, ubuntuRows]

/** The database that Portolan and Trivy are compared on. */
export const rows: DatabaseRows = {
  advisories: parts.flatMap((part) => part.advisories ?? []),
  details: parts.flatMap((part) => part.details ?? []),
  dataSources: parts.flatMap((part) => part.dataSources ?? []),
}
