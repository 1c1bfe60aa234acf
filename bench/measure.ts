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

export interface Trial {
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Runs ahead of each run, untimed. */
  readonly before?: () => void
}

/** The run with the median wall time. */
export function median(runs: number, command: readonly string[]): Cost {
  return medians(runs, { only: { command } }).only
}

/** The median of each, taken in rounds: what disturbs the machine for a while disturbs all alike. */
export function medians<Name extends string>(
  runs: number,
  trials: Readonly<Record<Name, Trial>>,
): Record<Name, Cost> {
  const names = Object.keys(trials) as Name[]
  const rounds = Array.from({ length: runs }, () => names.map((name) => once(trials[name])))
  const middle = (index: number): Cost => {
    const costs = rounds.flatMap((round) => round[index] ?? [])
    return costs.sort((left, right) => left.wall - right.wall)[Math.floor(costs.length / 2)] ?? nothing
  }
  return Object.fromEntries(names.map((name, index) => [name, middle(index)])) as Record<Name, Cost>
}

const nothing: Cost = { wall: 0, cpu: 0, memory: 0, status: 0 }

function once({ command, env, before }: Trial): Cost {
  before?.()
  const cost = measure(command, env)
  if (cost.status !== 0) throw new Error(`${command.join(' ')} ended with ${cost.status}`)
  return cost
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
