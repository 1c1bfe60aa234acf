import { AppError } from '../core/index.ts'

export function connectionNotFound(): AppError {
  return new AppError({
    code: 'connection-not-found',
    kind: 'not-found',
    publicMessage: 'There is no such connection.',
    remedy: 'Look at the list of connections.',
  })
}

export function connectionDisabled(): AppError {
  return new AppError({
    code: 'connection-disabled',
    kind: 'denied',
    publicMessage: 'This connection is disabled.',
    remedy: 'Enable it first.',
  })
}

export function connectionChanged(): AppError {
  return new AppError({
    code: 'connection-changed',
    kind: 'conflict',
    publicMessage: 'Someone else has changed this connection meanwhile.',
    remedy: 'Load it again and repeat your change.',
  })
}

export function nameTaken(name: string): AppError {
  return new AppError({
    code: 'connection-name-taken',
    kind: 'conflict',
    publicMessage: `Another connection is called "${name}".`,
    remedy: 'Choose another name.',
    fields: { name: 'Another connection has this name.' },
  })
}

export function platformUnknown(id: string): AppError {
  return new AppError({
    code: 'platform-unknown',
    kind: 'invalid',
    publicMessage: `There is no registry platform "${id.slice(0, 50)}".`,
    remedy: 'Choose one of the platforms in the list.',
  })
}
