import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openDatabase } from '../../src/platform/db/index.ts'
import { embeddedDataFolder } from '../../src/test-support/databases/index.ts'
import { scaled } from '../../src/test-support/scale.ts'

const ROUNDS = scaled(3, 50)
const CONTENDERS = 4

let folder: string
let processes: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'))
})
afterEach(() => {
  for (const each of processes) each.kill('SIGKILL')
  processes = []
  rmSync(folder, { recursive: true })
})

/** Starts a process that wants the folder; resolves with what it says. */
async function contend(dataDir: string): Promise<{ process: ChildProcess; said: string }> {
  const script = join(import.meta.dirname, 'holder.ts')
  const args = ['--expose-gc', script, dataDir]
  const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  processes.push(started)
  const [chunk] = (await once(started.stdout, 'data')) as [Buffer]
  return { process: started, said: chunk.toString().trim() }
}

it(`gives a folder to exactly one of ${CONTENDERS} processes that start at once, also after kill -9`, async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const contenders = await Promise.all(Array.from({ length: CONTENDERS }, () => contend(folder)))
    const holders = contenders.filter(({ said }) => said === 'held')
    expect(holders).toHaveLength(1)
    const [holder] = holders
    for (const { said } of contenders) if (said !== 'held') expect(said).toMatch(/^data-folder-locked: /)
    const late = await contend(folder)
    expect(late.said).toContain(`in use by process ${holder?.process.pid} on `)
    holder?.process.kill('SIGKILL')
    await once(holder?.process ?? late.process, 'exit')
  }
}, 300_000)

it('refuses a second server, in the same process too, and lets the next one in when the first has closed', async () => {
  const dataDir = await embeddedDataFolder()
  const first = await openDatabase({ dataDir })
  await expect(openDatabase({ dataDir })).rejects.toMatchObject({
    code: 'data-folder-locked',
    kind: 'conflict',
    publicMessage: expect.stringContaining(`process ${process.pid} on `) as string,
  })
  expect((await contend(dataDir)).said).toMatch(/^data-folder-locked/)
  expect(await first.execute('select 1 as one')).toEqual([{ one: 1 }])
  await first.close()
  const second = await openDatabase({ dataDir })
  await second.close()
  rmSync(dataDir, { recursive: true })
})
