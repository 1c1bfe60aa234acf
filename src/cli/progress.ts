import type { Output } from './output.ts'

/** One line on a terminal that says how far a long step is; nothing anywhere else. */
export interface Progress {
  show(text: string): void
  /** Takes the line away: what follows starts on an empty one. */
  clear(): void
}

const silent: Progress = { show: () => {}, clear: () => {} }

/** @param stream standard error: standard output belongs to the result */
export async function startProgress(stream: Output): Promise<Progress> {
  if (!stream.isTTY) return silent
  const { default: ora } = await import('ora')
  // Without discardStdin ora would swallow what is typed meanwhile, interrupts included.
  const spinner = ora({ stream, discardStdin: false })
  return {
    show: (text) => {
      spinner.text = text
      if (!spinner.isSpinning) spinner.start()
    },
    clear: () => void spinner.stop(),
  }
}

/** `12.3 MB`, in powers of 1000 as download tools count. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
