import type { Image } from '../contract/index.ts'
import { expected } from './expected.ts'

const order = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'UNKNOWN'] as const

function nameOf(image: Image): string {
  return `${image.repository.path}:${[...image.tags].sort()[0] ?? image.digest}`
}

function outcome(image: Image): string {
  if (image.scanStatus === null) return `${image.kind} -`
  const { counts } = image
  return `${image.scanStatus} ${counts === null ? '-' : order.map((severity) => counts[severity]).join(' ')}`
}

/** A table for people: one line an image. */
export function summary(images: readonly Image[]): string[] {
  const lines = images
    .map((image) => {
      const counts = image.counts
      const numbers = order.map((severity) => String(counts?.[severity] ?? '-').padStart(4)).join('')
      const status = image.scanStatus ?? `(${image.kind})`
      const why = image.scanReason === null ? '' : `  ${image.scanReason.message}`
      return `${nameOf(image).padEnd(32)} ${status.padEnd(12)}${numbers}${why}`
    })
    .sort()
  return ['', `${'IMAGE'.padEnd(32)} ${'STATUS'.padEnd(12)}   C   H   M   L   U`, ...lines]
}

/** Where the outcome is not what is expected; empty when all is well. */
export function differences(images: readonly Image[]): string[] {
  const found = new Map(images.map((image) => [nameOf(image), outcome(image)]))
  const names = new Set([...found.keys(), ...Object.keys(expected)])
  return [...names]
    .filter((name) => found.get(name) !== expected[name])
    .map((name) => `${name}: expected ${expected[name] ?? 'nothing'}, got ${found.get(name) ?? 'nothing'}`)
}
