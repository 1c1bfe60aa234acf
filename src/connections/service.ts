import {
  BUILT_IN_ENGINE,
  COUNT_LIMIT,
  type Clock,
  decodeCursor,
  isUuid,
  newId,
  pageOf,
  type Reason,
  toAppError,
  totalText,
} from '../core/index.ts'
import type { Vault } from '../platform/credentials/index.ts'
import { type Database, inTransaction, isUniqueViolation } from '../platform/db/index.ts'
import type {
  OnCheckStep,
  RegistryConnector,
  RegistryEnvironment,
  RegistryProvider,
} from '../registries/index.ts'
import { forgetBudgets } from './budget/store.ts'
import { warningsOf } from './check.ts'
import { editedForm, type Stored } from './editing.ts'
import {
  connectionChanged,
  connectionDisabled,
  connectionNotFound,
  nameTaken,
  platformUnknown,
} from './errors.ts'
import { uuidCursor } from './ids.ts'
import { guarded } from './guarded.ts'
import { createOpening, type Opening } from './opening.ts'
import { describedFor } from './platforms.ts'
import {
  type CheckResult,
  type Connection,
  type ConnectionInput,
  type ConnectionPatch,
  type ConnectionService,
  type ConnectorSource,
  DEFAULT_SELECTION,
  type OperatorRules,
} from './ports.ts'
import { Refusals, refusedBefore } from './refusals.ts'
import { splitSettings } from './settings.ts'
import {
  type ConnectionRow,
  type ConnectionValues,
  countConnections,
  deleteConnection,
  findConnection,
  insertConnection,
  keepRefusal,
  listConnections,
  saveCheck,
  takeDue,
  updateConnection,
} from './store.ts'
import { accessOf, merged, nextRun, toView } from './view.ts'

export interface ConnectionsOptions {
  readonly db: Database
  readonly vault: Vault
  readonly clock: Clock
  readonly providers: readonly RegistryProvider[]
  /** What connectors are opened with. */
  readonly environment: RegistryEnvironment
  readonly rules: OperatorRules
  /** Throws where an engine is not there or cannot be used: asked before one is chosen. */
  readonly checkEngine?: (engine: string) => Promise<void>
  /** A connection was checked for the first time, or its settings or selection changed, and it works. */
  readonly onReady?: (orgId: string, connectionId: string) => Promise<void>
  readonly onRemoved?: (orgId: string, connectionId: string) => Promise<void>
  /** What is shown of a connection changed. */
  readonly onChange?: (orgId: string, connectionId: string) => void
}

export interface Connections {
  readonly service: ConnectionService
  readonly connectors: ConnectorSource
  /** Connections whose scan interval has passed; each is handed out once. */
  takeDue(limit: number): Promise<readonly { readonly id: string; readonly orgId: string }[]>
}

export function createConnections(options: ConnectionsOptions): Connections {
  const keeper = new Keeper(options)
  const { db, clock } = options
  return {
    service: keeper,
    connectors: { openConnector: (orgId, id) => keeper.openEnabled(orgId, id) },
    takeDue: async (limit) =>
      (await takeDue(db.lane('bulk'), new Date(clock.now()), limit)).map((row) => ({
        id: row.id,
        orgId: row.org_id,
      })),
  }
}

class Keeper implements ConnectionService {
  readonly #options: ConnectionsOptions
  readonly #providers: ReadonlyMap<string, RegistryProvider>
  readonly #opening: Opening
  readonly #refusals: Refusals

  constructor(options: ConnectionsOptions) {
    this.#options = options
    this.#providers = new Map(options.providers.map((provider) => [provider.description.id, provider]))
    this.#opening = createOpening(options)
    this.#refusals = new Refusals(({ id, version }, reason) =>
      keepRefusal(options.db.lane('bulk'), id, version, reason),
    )
  }

  platforms(orgId: string) {
    const { providers, rules } = this.#options
    return providers.map(({ description }) => describedFor(description, rules, orgId))
  }

  async list(orgId: string, { cursor, limit }: Parameters<ConnectionService['list']>[1]) {
    const page = this.#options.db.lane('page')
    const after = decodeCursor(cursor, ['string', 'string'])
    const rows = await listConnections(page, orgId, uuidCursor(after), limit + 1)
    const total = totalText(await countConnections(page, orgId, COUNT_LIMIT + 1))
    const items = rows.map((row) => this.#view(row))
    return pageOf(items, limit, (row) => [row.name, row.id], total)
  }

  async get(orgId: string, id: string): Promise<Connection> {
    return this.#view(await this.#find(orgId, id))
  }

  async create(orgId: string, input: ConnectionInput): Promise<Connection> {
    const { db, clock, vault } = this.#options
    const provider = this.#provider(input.platform)
    const { plain, secrets } = splitSettings(provider.description, input.settings)
    const { host, insecure } = await this.#opening.describe({ orgId }, provider, { plain, secrets })
    const engine = input.engine ?? BUILT_IN_ENGINE
    await this.#options.checkEngine?.(engine)
    const id = newId(clock.now())
    const now = new Date(clock.now())
    const scanIntervalHours = input.scanIntervalHours === undefined ? 24 : input.scanIntervalHours
    const values: ConnectionValues = {
      name: input.name,
      host,
      insecure,
      settings: plain,
      secretFields: Object.keys(secrets).sort(),
      access: accessOf(provider.description, secrets),
      enabled: true,
      engine,
      scanIntervalHours,
      nextRunAt: nextRun(scanIntervalHours, clock.now()),
      selection: { ...DEFAULT_SELECTION, ...input.selection },
    }
    await named(input.name, () =>
      inTransaction(db, 'page', async (tx) => {
        await insertConnection(tx, { ...values, id, orgId, platform: input.platform, now })
        if (values.secretFields.length > 0) await vault.within(tx).seal(orgId, id, secrets)
      }),
    )
    await this.#checkAndSay(orgId, id)
    return this.get(orgId, id)
  }

  async edit(orgId: string, id: string, patch: ConnectionPatch): Promise<Connection> {
    const { db, clock, vault } = this.#options
    const stored = await this.#stored(orgId, id)
    const { row } = stored
    if (row.version !== patch.version) throw connectionChanged()
    const newEngine = patch.engine === undefined || patch.engine === row.engine ? undefined : patch.engine
    if (newEngine !== undefined) await this.#options.checkEngine?.(newEngine)
    const provider = this.#provider(row.platform)
    const recheck = patch.settings !== undefined
    const form = recheck
      ? await editedForm(this.#opening, {
          owner: { orgId, connectionId: id },
          provider,
          stored,
          settings: patch.settings,
        })
      : undefined
    const values = merged(provider.description, row, patch, form, clock.now())
    await named(values.name, () =>
      inTransaction(db, 'page', async (tx) => {
        const now = new Date(clock.now())
        if (!(await updateConnection(tx, orgId, id, patch.version, { ...values, recheck, now })))
          throw connectionChanged()
        if (form === undefined) return
        if (values.secretFields.length > 0) await vault.within(tx).seal(orgId, id, form.secrets)
        else await vault.within(tx).remove(orgId, id)
      }),
    )
    const looksAnew = recheck || patch.selection !== undefined || newEngine !== undefined || !row.enabled
    if (values.enabled && looksAnew) await this.#checkAndSay(orgId, id)
    this.#options.onChange?.(orgId, id)
    return this.get(orgId, id)
  }

  async remove(orgId: string, id: string): Promise<void> {
    const { db, clock, vault, onRemoved, onChange } = this.#options
    const found =
      isUuid(id) &&
      (await inTransaction(db, 'page', async (tx) => {
        if (!(await deleteConnection(tx, orgId, id, new Date(clock.now())))) return false
        await vault.within(tx).remove(orgId, id)
        await forgetBudgets(tx, id)
        return true
      }))
    if (!found) throw connectionNotFound()
    this.#opening.forget(id)
    this.#refusals.forget(id)
    await onRemoved?.(orgId, id)
    onChange?.(orgId, id)
  }

  async checkSettings(
    orgId: string,
    input: Parameters<ConnectionService['checkSettings']>[1],
    onStep?: OnCheckStep,
  ): Promise<CheckResult> {
    const provider = this.#provider(input.platform)
    const { connectionId } = input
    if (connectionId === undefined) {
      const form = splitSettings(provider.description, input.settings)
      return this.#opening.check({ orgId }, provider, form, onStep)
    }
    const stored = await this.#stored(orgId, connectionId)
    const owner = { orgId, connectionId }
    const form = await editedForm(this.#opening, { owner, provider, stored, settings: input.settings })
    return this.#opening.check(owner, provider, form, onStep)
  }

  async check(orgId: string, id: string): Promise<CheckResult> {
    const { row, secrets } = await this.#stored(orgId, id)
    const form = { plain: row.settings, secrets }
    const owner = { orgId, connectionId: id }
    const result = await this.#opening.check(owner, this.#provider(row.platform), form)
    // Whoever asks for patience refuses nothing: what was known of the connection stays.
    if (result.error?.kind === 'rate-limited') return result
    const { db, clock, onChange } = this.#options
    const status = result.ok ? 'Connected' : 'Error'
    if (result.error !== null) await this.#refusals.note(row, result.error)
    await saveCheck(db.lane('page'), orgId, id, {
      status,
      reason: result.error,
      warnings: warningsOf(result.steps),
      now: new Date(clock.now()),
    })
    onChange?.(orgId, id)
    return result
  }

  /** @throws AppError `connection-disabled` (denied); `credentials-refused` (auth), where they were, without a word to the registry */
  async openEnabled(orgId: string, id: string): Promise<RegistryConnector> {
    await this.#refusals.settled(id)
    const { row, secrets } = await this.#stored(orgId, id)
    if (!row.enabled) throw connectionDisabled()
    if (row.refused !== null) throw refusedBefore(row.refused)
    const owner = { orgId, connectionId: id, version: row.version }
    const form = { plain: row.settings, secrets }
    const connector = this.#opening.open(owner, this.#provider(row.platform), form)
    return guarded(connector, this.#refusals.open(row))
  }

  #provider(id: string): RegistryProvider {
    const provider = this.#providers.get(id)
    if (provider === undefined) throw platformUnknown(id)
    return provider
  }

  async #find(orgId: string, id: string): Promise<ConnectionRow> {
    const row = isUuid(id) ? await findConnection(this.#options.db.lane('page'), orgId, id) : undefined
    if (row === undefined) throw connectionNotFound()
    return row
  }

  async #stored(orgId: string, id: string): Promise<Stored> {
    const row = await this.#find(orgId, id)
    const secrets = row.secret_fields.length === 0 ? {} : await this.#options.vault.open(orgId, id)
    return { row, secrets }
  }

  #view(row: ConnectionRow): Connection {
    return toView(row, this.#providers.get(row.platform)?.description.label ?? row.platform)
  }

  /** The check of a saved connection: whatever it finds is its status, never a failure of saving it. */
  async #checkAndSay(orgId: string, id: string): Promise<void> {
    const { onReady, db, clock } = this.#options
    try {
      const { ok } = await this.check(orgId, id)
      if (ok) await onReady?.(orgId, id)
    } catch (error) {
      const { code, kind, publicMessage, remedy = null } = toAppError(error)
      const reason: Reason = { code, kind, message: publicMessage, remedy }
      await saveCheck(db.lane('page'), orgId, id, {
        status: 'Error',
        reason,
        warnings: [],
        now: new Date(clock.now()),
      })
    }
  }
}

async function named<T>(name: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    throw isUniqueViolation(error) ? nameTaken(name) : error
  }
}
