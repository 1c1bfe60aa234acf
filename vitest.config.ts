import { globSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { scaled } from './src/test-support/scale.ts'

const tests = ['src/**/*.test.ts', 'src/**/*.test.tsx', 'test/**/*.test.ts']

/** What changes its process, or measures it. */
const ownProcess = /boundMemory\(|stubEnv\(|link-local/

/** Whole programs, browsers and kills, which take longest; and what needs a process of its own. */
const alone = [
  ...['browser', 'durability', 'e2e', 'equality', 'fuzz', 'kill'].map((room) => `test/${room}/**/*.test.ts`),
  ...globSync(tests).filter((file) => ownProcess.test(readFileSync(file, 'utf8'))),
]

/** Minutes long, the last four at full counts: begun first, so that none is left alone at the end. */
const longest = [
  'test/kill/kill',
  'test/browser/platform-errors',
  'test/browser/accessibility',
  'test/durability/power',
  'test/e2e/engine-trivy',
  'test/fuzz/analyzers',
  'src/images/layers/read-layer',
  'src/ecosystems/rpm/fuzz',
  'src/advisories/bbolt/bolt-file',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      longest.some((name) => moduleId.endsWith(`/${name}.test.ts`))
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    setupFiles: ['test/setup.ts'],
    globalSetup: ['src/test-support/databases/run.ts'],
    pool: 'forks',
    // A browser or a server beside each.
    maxWorkers: Math.min(Math.max(2, availableParallelism()), 8),
    testTimeout: scaled(60_000, 7_200_000),
    hookTimeout: 120_000,
    projects: [
      // First, so that what is short fills the gaps at the end.
      { extends: true, test: { name: 'alone', include: alone } },
      // To start a process and load the same modules for each file would take longer than most files' tests.
      { extends: true, test: { name: 'together', include: tests, exclude: alone, isolate: false } },
    ],
  },
})
