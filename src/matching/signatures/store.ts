import { sql } from 'kysely'
import { type Digest, digestBytes } from '../../core/index.ts'
import { decodeSignature, encodeSignature, type Signature } from '../../advisories/index.ts'
import type { Database } from '../../platform/db/index.ts'

/** Bytes of one row: a statement is to stay short. */
const PART = 256 * 1024

/** Keeps the signature of a database that comes into use, so that whoever brings the next one can tell what it changes. */
export async function saveSignature(database: Database, digest: Digest, signature: Signature): Promise<void> {
  const bytes = encodeSignature(digest, signature)
  const db = database.lane('bulk')
  for (let start = 0, part = 0; start < bytes.length; start += PART, part += 1) {
    await sql`
      insert into db_signature (digest, part, body) values (${digestBytes(digest)}, ${part}, ${bytes.subarray(start, start + PART)})
      on conflict (digest, part) do update set body = excluded.body`.execute(db)
  }
}

/** @returns undefined where there is none, or none that is whole */
export async function readSignature(database: Database, digest: Digest): Promise<Signature | undefined> {
  const { rows } = await sql<{ body: Buffer }>`
    select body from db_signature where digest = ${digestBytes(digest)} order by part`.execute(
    database.lane('bulk'),
  )
  return decodeSignature(digest, Buffer.concat(rows.map((row) => row.body)))
}

/** Signatures of databases that are not in use are of no use. */
export async function forgetOtherSignatures(database: Database, digest: Digest): Promise<void> {
  await sql`delete from db_signature where digest <> ${digestBytes(digest)}`.execute(database.lane('bulk'))
}
