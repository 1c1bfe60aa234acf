import { AppError, type ErrorKind, safeText } from '../../core/index.ts'
import type { ProcessResult } from '../index.ts'

const INSTALL =
  'Install Trivy (https://trivy.dev/docs/latest/getting-started/installation/) so that `trivy` is in PATH, or set PORTOLAN_TRIVY_PATH to the program. The built-in engine needs none.'

export function missing(where: string): AppError {
  return new AppError({
    code: 'trivy-missing',
    kind: 'not-found',
    publicMessage: `Trivy was not found: ${where}.`,
    remedy: INSTALL,
  })
}

export function unusable(program: string, result: ProcessResult): AppError {
  return new AppError({
    code: 'trivy-unusable',
    kind: 'not-found',
    publicMessage: `${safeText(program)} did not say which version of Trivy it is${lastWord(result, [])}.`,
    remedy: `Run "${safeText(program)} version" to see why. ${INSTALL}`,
  })
}

export function imageTooLarge(bytes: number, most: number): AppError {
  return new AppError({
    code: 'trivy-image-too-large',
    kind: 'unsupported',
    publicMessage: `the image has ${bytes} compressed bytes; at most ${most} are handed to Trivy.`,
    remedy: 'Scan it with the built-in engine, which keeps no copy of it.',
  })
}

export function outputInvalid(why: string): AppError {
  return new AppError({
    code: 'trivy-output-invalid',
    kind: 'invalid',
    publicMessage: `What Trivy wrote is no report that can be read: ${safeText(why)}.`,
    remedy:
      'Versions from 0.37 on are known to work. If yours is newer than this Portolan, please report it.',
  })
}

/** Words of Trivy's for what may pass by itself: a network, a server, a database that is being fetched. */
const passing =
  /connection refused|no such host|deadline exceeded|timeout|twirp|unavailable|failed to download|network/i

/** @param hidden texts that are not to be shown: folders of the run, tokens */
export function failed(result: ProcessResult, timeoutMs: number, hidden: readonly string[]): AppError {
  const said = lastWord(result, hidden)
  if (result.end === 'timed-out') {
    return failure(
      'trivy-timeout',
      'temporary',
      `Trivy did not finish within ${timeoutMs / 1000} seconds${said}.`,
    )
  }
  if (result.end === 'flooded') {
    return failure('trivy-output-too-large', 'invalid', 'Trivy wrote more than is read of one report.')
  }
  const kind = passing.test(result.stderr) ? 'temporary' : 'invalid'
  const how = result.code === null ? 'was ended from outside' : `ended with exit code ${result.code}`
  return failure('trivy-failed', kind, `Trivy ${how}${said}.`)
}

function failure(code: string, kind: ErrorKind, publicMessage: string): AppError {
  const remedy = 'Try the same with the program by hand; or scan with the built-in engine.'
  return new AppError({ code, kind, publicMessage, remedy })
}

/** Colours, which Trivy writes into a pipe, too (ECMA-48, SGR). */
const colours = new RegExp('\u001b\\[[0-9;]*m', 'g')

/** A line of the log that tells of progress: it comes after a time, if at all. */
const progress = /(?:^|\t)(?:DEBUG|INFO|WARN)\b/

/** The last line that the program wrote to standard error and that is no progress: Trivy ends with what went wrong. */
function lastWord({ stderr }: ProcessResult, hidden: readonly string[]): string {
  const line = stderr
    .replaceAll(colours, '')
    .split('\n')
    .map((each) => each.trim())
    .findLast((each) => each !== '' && !progress.test(each))
  if (line === undefined) return ''
  const shown = hidden.filter((each) => each !== '').reduce((text, each) => text.replaceAll(each, '…'), line)
  return `: ${safeText(shown.replaceAll('\t', ' '), 400).replace(/\.$/, '')}`
}
