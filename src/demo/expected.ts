/**
 * What the demo must find: `repository:first tag` → scan status and rows C H M L U, as real Trivy 0.44.1 counts them on the
 * same database (test/goldens holds the proof). `-`: not scanned.
 */
export const expected: Readonly<Record<string, string>> = {}
