import type { Database } from '../platform/db/index.ts'
import {
  type AnswerMemory,
  assertProtected,
  type OnCheckStep,
  type RegistryConnector,
  type RegistryEnvironment,
  type RegistryProvider,
} from '../registries/index.ts'
import { createAnswerMemories } from './answers.ts'
import { type Budgets, createBudgets } from './budget/budgets.ts'
import { memoryBudgetStore, sqlBudgetStore } from './budget/store.ts'
import { checkSteps } from './check.ts'
import type { CheckResult, OperatorRules } from './ports.ts'
import type { Form } from './settings.ts'

/** Work that would have to wait longer is put off, so that its worker does something else meanwhile. Milliseconds. */
const PATIENCE_OF_WORK = 120_000
/** A person waits. Milliseconds. */
const PATIENCE_OF_CHECKS = 15_000

/** Whose connection it is, and which: one that is not saved yet has no id. */
export interface Owner {
  readonly orgId: string
  readonly connectionId?: string | undefined
  /** Raised by every edit. */
  readonly version?: number
}

export interface Opening {
  /** For work. @throws AppError `insecure-not-allowed` (denied), the platform's */
  open(owner: Owner, provider: RegistryProvider, form: Form): RegistryConnector
  /** Reads host and marks without a word to the registry. @throws as `open` */
  describe(owner: Owner, provider: RegistryProvider, form: Form): Promise<{ host: string; insecure: boolean }>
  /** Tries it for real. @throws as `open` */
  check(owner: Owner, provider: RegistryProvider, form: Form, onStep?: OnCheckStep): Promise<CheckResult>
  forget(connectionId: string): void
}

export interface OpeningOptions {
  readonly db: Database
  readonly environment: RegistryEnvironment
  readonly rules: OperatorRules
}

/** Every connector of the server is opened here: with its connection's budget, and within what the operator allows. */
export function createOpening({ db, environment, rules }: OpeningOptions): Opening {
  const { clock } = environment
  const saved: Budgets = createBudgets({ store: sqlBudgetStore(db), clock })
  /** What is tried before it is saved may lead anywhere: it neither waits for another trial nor holds one up. */
  const unsaved = (): Budgets => createBudgets({ store: memoryBudgetStore(), clock })
  const memories = createAnswerMemories()

  function connect(
    { orgId, connectionId }: Owner,
    provider: RegistryProvider,
    { plain, secrets }: Form,
    { patience, answers }: { readonly patience: number; readonly answers?: AnswerMemory | undefined },
  ): RegistryConnector {
    const budgets = connectionId === undefined ? unsaved() : saved
    const settings = { ...plain, ...secrets }
    const { description } = provider
    const connector = provider.open(settings, {
      ...environment,
      allowAmbientCredentials: rules.identity.has(orgId),
      budget: budgets.of(connectionId ?? 'unsaved', description.limits, patience),
      ...(answers === undefined ? {} : { answers }),
    })
    try {
      assertProtected(connector, description.fields, settings, rules.insecureHosts)
    } catch (error) {
      void connector.close()
      throw error
    }
    return connector
  }

  return {
    open(owner, provider, form) {
      const { connectionId, version } = owner
      const isSaved = connectionId !== undefined && version !== undefined
      const answers = isSaved ? memories.of(connectionId, version) : undefined
      return connect(owner, provider, form, { patience: PATIENCE_OF_WORK, answers })
    },
    async describe(owner, provider, form) {
      const connector = connect(owner, provider, form, { patience: 0 })
      await connector.close()
      return { host: connector.host, insecure: connector.insecure }
    },
    async check(owner, provider, form, onStep) {
      const connector = connect(owner, provider, form, { patience: PATIENCE_OF_CHECKS })
      try {
        return await checkSteps(connector, { egressAddresses: rules.egressAddresses, onStep })
      } finally {
        await connector.close()
      }
    },
    forget(connectionId) {
      saved.forget(connectionId)
      memories.forget(connectionId)
    },
  }
}
