import { spawnSync } from 'node:child_process'

/** What one run of a whole process cost. */
export interface Cost {
  /** Seconds. */
  readonly wall: number
  /** Seconds of user and system time, children too. */
  readonly cpu: number
  /** Largest resident memory of the process, MiB. */
  readonly memory: number
  readonly status: number
}

/** Runs a command and waits with wait4(2), the one call that gives a child's own processor time and memory. */
const script = `
import json, os, sys, time
start = time.monotonic()
pid = os.fork()
if pid == 0:
    null = os.open('/dev/null', os.O_RDWR)
    os.dup2(null, 0); os.dup2(null, 1)
    if not os.environ.get('BENCH_VERBOSE'): os.dup2(null, 2)
    os.execvp(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(pid, 0)
print(json.dumps({'wall': time.monotonic() - start, 'cpu': usage.ru_utime + usage.ru_stime, 'memory': usage.ru_maxrss / 1024, 'status': os.waitstatus_to_exitcode(status)}))
`

export function measure(command: readonly string[], env: Readonly<Record<string, string>> = {}): Cost {
  const done = spawnSync('python3', ['-c', script, ...command], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  if (done.status !== 0) throw new Error(`could not measure ${command[0] ?? ''}: ${done.stderr}`)
  return JSON.parse(done.stdout) as Cost
}

/** The run with the median wall time; `before` runs ahead of each, untimed. */
export function median(
  runs: number,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
  before: () => void = () => {},
): Cost {
  const costs = Array.from({ length: runs }, () => {
    before()
    return measure(command, env)
  })
  for (const cost of costs)
    if (cost.status !== 0) throw new Error(`${command.join(' ')} ended with ${cost.status}`)
  const sorted = costs.sort((left, right) => left.wall - right.wall)
  return sorted[Math.floor(sorted.length / 2)] ?? measure(command, env)
}

/** The same cost with a start-up taken off. Memory stays. */
export function without(cost: Cost, startup: Cost): Cost {
  return {
    ...cost,
    wall: Math.max(0.001, cost.wall - startup.wall),
    cpu: Math.max(0.001, cost.cpu - startup.cpu),
  }
}

export function row(name: string, cost: Cost): string {
  return `${name.padEnd(34)} ${cost.wall.toFixed(2).padStart(8)} s ${cost.cpu.toFixed(2).padStart(8)} s ${cost.memory.toFixed(0).padStart(6)} MiB`
}
