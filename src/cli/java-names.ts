import { databaseStatus, updateDatabase } from '../advisories/index.ts'
import type { NameSource } from '../app/engine.ts'
import { isAppError } from '../core/index.ts'
import { createJavaNamesInUse, javaDatabase } from '../java-names/index.ts'
import type { CommandContext } from './context.ts'
import { type DatabaseChoice, fetchRequest } from './database.ts'

/** The Java database of a scan: asked for only by images with archives that do not say their name. */
export interface JavaNamesOfScan {
  readonly names: NameSource
  close(): void
}

/** The current one, else one that is fetched now; where that fails, none, and a note says why. */
export function openJavaNamesOfScan(
  choice: Omit<DatabaseChoice, 'wanted'>,
  context: Pick<CommandContext, 'note'>,
): JavaNamesOfScan {
  const { settings, clock, offline } = choice
  const inUse = createJavaNamesInUse(settings.javaDatabaseDir)
  const canFetch = !offline && settings.javaDatabaseReferences.length > 0
  return {
    async names() {
      const { digest } = databaseStatus(settings.javaDatabaseDir, clock, javaDatabase)
      if (digest === null && canFetch) await fetchNow(choice, context)
      return inUse.get()
    },
    close: () => inUse.close(),
  }
}

async function fetchNow(
  choice: Omit<DatabaseChoice, 'wanted'>,
  context: Pick<CommandContext, 'note'>,
): Promise<void> {
  try {
    await updateDatabase(fetchRequest(choice, choice.settings.javaDatabaseReferences, javaDatabase))
  } catch (error) {
    choice.signal.throwIfAborted()
    if (!isAppError(error)) throw error
    context.note(error.publicMessage)
  }
}
