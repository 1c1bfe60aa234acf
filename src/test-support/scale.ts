/** How often a random test repeats: `short` in `npm test`, `long` in `npm run test:long` (PORTOLAN_TEST_SCALE=long). */
export function scaled(short: number, long: number): number {
  return process.env['PORTOLAN_TEST_SCALE'] === 'long' ? long : short
}
