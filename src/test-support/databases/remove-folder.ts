import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'

/** proc(5), mounts: a blank in a path is `\040`. */
function mountedBelow(folder: string): readonly string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => (line.split(' ')[1] ?? '').replaceAll('\\040', ' '))
    .filter((path) => path.startsWith(`${folder}/`))
    .toReversed()
}

/**
 * Removes what a run of the tests left, also the disks that a killed run left mounted there (test/durability). What cannot be
 * removed stays: nothing that another run left may fail this one.
 * @returns why something stayed; null when all is gone
 */
export function removeFolder(folder: string): string | null {
  try {
    for (const path of mountedBelow(folder)) execFileSync('umount', ['--lazy', path], { stdio: 'pipe' })
    rmSync(folder, { recursive: true, force: true })
    return null
  } catch (error) {
    return `${folder} was not removed: ${String(error)}`
  }
}
