import { AppError, BUILT_IN_ENGINE } from '../../core/index.ts'

/** @param engines those that there are beside the built-in one */
export function engineUnknown(id: string, engines: ReadonlyMap<string, unknown>): AppError {
  const names = [BUILT_IN_ENGINE, ...engines.keys()].join(', ')
  return new AppError({
    code: 'engine-unknown',
    kind: 'invalid',
    publicMessage: `There is no engine "${id.slice(0, 40)}".`,
    remedy: `Choose one of: ${names}.`,
    fields: { engine: `Choose one of: ${names}.` },
  })
}
