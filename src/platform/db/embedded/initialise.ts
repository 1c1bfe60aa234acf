/** Makes the files of a new embedded database, in a process of its own: what that takes of memory ends with it. */
import { PGlite } from '@electric-sql/pglite'
import { DurableFS, startParams } from './durable-fs.ts'

const folder = process.argv[2]
if (folder === undefined) throw new Error('usage: initialise FOLDER')
const fs = new DurableFS(folder, () => process.exit(1))
const pg = await PGlite.create({ fs, startParams })
await pg.close()
