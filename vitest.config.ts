import { defineConfig } from 'vitest/config'
import { scaled } from './src/test-support/scale.ts'

export default defineConfig({
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    globalSetup: ['src/test-support/databases/run.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: scaled(60_000, 7_200_000),
    hookTimeout: 120_000,
    reporters: process.env['CI'] ? ['default'] : ['default'],
  },
})
