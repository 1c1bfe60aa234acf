import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A small ext4 disk in a file, whose power can be cut. Needs root, loop devices, mkfs.ext4 and python3. */
export class LoopDisk {
  readonly folder: string
  readonly #work: string
  readonly #image: string

  constructor(megabytes: number) {
    this.#work = mkdtempSync(join(tmpdir(), 'loop-disk-'))
    this.folder = join(this.#work, 'mounted')
    mkdirSync(this.folder)
    this.#image = join(this.#work, 'image')
    try {
      execFileSync('truncate', ['-s', `${megabytes}M`, this.#image])
      execFileSync('mkfs.ext4', ['-q', this.#image])
      this.mount()
    } catch (error) {
      this.remove()
      throw error
    }
  }

  /** The loop device goes with the mount (mount(8), loop-device support): a killed run leaves none behind when it is swept. */
  mount(): void {
    execFileSync('mount', ['-o', 'loop', this.#image, this.folder])
  }

  /**
   * EXT4_IOC_SHUTDOWN without flushing the log (fs/ext4/ext4.h: flag 2): from here on the disk takes nothing more, and what
   * only the page cache had is lost, as when the power fails.
   */
  cutPower(): void {
    const script =
      'import fcntl,os,struct,sys;fcntl.ioctl(os.open(sys.argv[1],os.O_RDONLY),0x8004587d,struct.pack("I",2))'
    execFileSync('python3', ['-c', script, this.folder])
  }

  /** After `cutPower`, when no process has the disk open: the power is back. */
  restart(): void {
    execFileSync('umount', [this.folder])
    this.mount()
  }

  remove(): void {
    try {
      execFileSync('umount', [this.folder], { stdio: 'ignore' })
    } catch {
      // It was not mounted.
    }
    rmSync(this.#work, { recursive: true, force: true })
  }
}

/** Why there can be no loop disk here; null when there can. */
export function loopDiskMissing(): string | null {
  if (process.getuid?.() !== 0) return 'needs root'
  if (!existsSync('/dev/loop-control')) return 'needs loop devices'
  try {
    const disk = new LoopDisk(16)
    disk.cutPower()
    disk.remove()
    return null
  } catch {
    return 'needs mount, mkfs.ext4 and python3'
  }
}
