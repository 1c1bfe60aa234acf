import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { removeFolder } from './remove-folder.ts'

/** A folder with a disk mounted in it and another one in that, as a killed run leaves it; null where this process may not mount. */
function folderWithDisks(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'left over-'))
  try {
    for (const disk of [join(folder, 'disk'), join(folder, 'disk', 'inner')]) {
      mkdirSync(disk)
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', disk], { stdio: 'pipe' })
      writeFileSync(join(disk, 'file'), 'data')
    }
    return folder
  } catch {
    removeFolder(folder)
    return null
  }
}

describe('what a killed run left', () => {
  const folder = folderWithDisks()

  it.skipIf(folder === null)('goes with the disks that it left mounted', () => {
    expect(removeFolder(folder ?? '')).toBeNull()
    expect(existsSync(folder ?? '')).toBe(false)
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain('left\\040over-')
  })

  it('stays, and is named, when it cannot be removed: the run goes on', () => {
    expect(removeFolder('/proc/self/fdinfo')).toMatch(/^\/proc\/self\/fdinfo was not removed: /)
  })
})
