import { BoltFile } from './bbolt/bolt-file.ts'

/** A kind of database that comes as an artifact in Trivy's form: what differs between them, and nothing else. */
export interface DatabaseKind {
  /** For people: `vulnerability database`. */
  readonly name: string
  /** The one file beside metadata.json. */
  readonly fileName: string
  /** The one schema that Portolan reads; also the artifact's tag. */
  readonly schemaVersion: number
  /** Media type of the artifact's one layer. */
  readonly layerType: string
  /** Public ones, in the order in which Trivy asks them. */
  readonly references: readonly string[]
  /** Environment variable that names others. */
  readonly variable: string
  /** Data of this age (milliseconds) is stale, which means `staleMeans`. */
  readonly staleAfter: number
  readonly staleMeans: string
  /** Refuses a file that could not be used. @throws AppError `database-corrupt` */
  check(path: string): Promise<void>
}

const day = 24 * 60 * 60 * 1000

/** Trivy's vulnerability database, schema 2, as Trivy 0.44 to 0.74 read it. */
export const vulnerabilityDatabase: DatabaseKind = {
  name: 'vulnerability database',
  fileName: 'trivy.db',
  schemaVersion: 2,
  layerType: 'application/vnd.aquasec.trivy.db.layer.v1.tar+gzip',
  references: ['mirror.gcr.io/aquasec/trivy-db:2', 'ghcr.io/aquasecurity/trivy-db:2'],
  variable: 'PORTOLAN_DB_REPOSITORY',
  staleAfter: 2 * day,
  staleMeans: 'newer vulnerabilities are not known',
  async check(path) {
    const bolt = new BoltFile(path)
    try {
      await bolt.check()
    } finally {
      bolt.close()
    }
  },
}
