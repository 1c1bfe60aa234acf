import { setTimeout as wait } from 'node:timers/promises'
import type { Image, RegistryConnection } from '../contract/index.ts'
import type { Client } from './client.ts'
import { type SampleRegistry, sampleCredentials } from './sample-registry.ts'

const patience = 120_000

/** Looks again until `find` gives something. @throws when two minutes have passed */
async function until<T>(what: string, find: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + patience
  while (Date.now() < end) {
    const found = await find()
    if (found !== undefined) return found
    await wait(150)
  }
  throw new Error(`gave up waiting for ${what}`)
}

function isDone({ status, lastDiscovery, counts }: RegistryConnection): boolean {
  if (status === 'Error') throw new Error('the sample registry could not be connected')
  return (
    lastDiscovery !== null &&
    status !== 'Syncing' &&
    counts.images > 0 &&
    counts.pending + counts.scanning === 0
  )
}

async function allImages(client: Client, connection: string): Promise<Image[]> {
  const images: Image[] = []
  let cursor: string | null = null
  do {
    const page: { items: Image[]; nextCursor: string | null } = await client.call('listImages', {
      query: { connection, kind: 'all', ...(cursor === null ? {} : { cursor }) },
    })
    images.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return images
}

/** Waits for the vulnerability database, adds the connection, which discovers and scans by itself, and waits for the end. */
export async function connectAndScan(
  client: Client,
  registry: SampleRegistry,
  print: (line: string) => void,
): Promise<Image[]> {
  print('Fetching the vulnerability database')
  await until('the vulnerability database', async () => {
    const { digest } = await client.call('getVulnerabilityDatabase')
    return digest ?? undefined
  })
  print('Connecting the sample registry')
  const { id } = await client.call('createConnection', {
    body: {
      name: 'Sample registry',
      platform: 'oci',
      settings: { url: `http://${registry.host}`, allowPlainHttp: true, ...sampleCredentials },
    },
  })
  print('Discovering and scanning its images')
  let last = ''
  await until('the scans', async () => {
    const connection = await client.call('getConnection', { params: { id } })
    const { completed, failed, images } = connection.counts
    const line = `  ${completed + failed} of ${images} images scanned`
    if (images > 0 && line !== last) print(line)
    last = line
    return isDone(connection) ? connection : undefined
  })
  return await allImages(client, id)
}
