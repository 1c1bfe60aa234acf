import type { DatabaseRows } from '../../../src/test-support/vulnerability-database/index.ts'
import { collect } from '../collect.ts'

const parts = await collect<DatabaseRows>(import.meta.dirname)

/** The database that Portolan and Trivy are compared on: what the files beside this one export, together. */
export const rows: DatabaseRows = {
  advisories: parts.flatMap((part) => part.advisories ?? []),
  details: parts.flatMap((part) => part.details ?? []),
  dataSources: parts.flatMap((part) => part.dataSources ?? []),
  cpes: parts.flatMap((part) => part.cpes ?? []),
}
