/**
 * What the demo must find: `repository:first tag` → scan status and rows C H M L U, as real Trivy 0.44.1 counts them on the
 * same images and database. What is no image has no scan status.
 */
export const expected: Readonly<Record<string, string>> = {
  'base/alpine:3.18': 'Completed 0 2 5 0 0',
  'base/alpine:3.19': 'Completed 0 0 2 0 0',
  'base/debian:12': 'Completed 1 8 8 3 0',
  'charts/harbour:1.0.0': 'chart -',
  'harbour/api:1.9': 'Completed 1 4 6 0 0',
  'harbour/archive:1.0': 'Completed 0 6 4 0 0',
  'harbour/lighthouse:3.1': 'Completed 0 2 5 0 0',
  'harbour/pilot:0.7': 'Completed 0 2 2 1 0',
  'harbour/storefront:2.3.0': 'Completed 2 10 9 3 0',
  'harbour/storefront:latest': 'Completed 1 5 2 3 0',
  'harbour/worker:5.0': 'Completed 0 5 2 1 0',
  'harbour/wreck:0.1': 'Failed -',
  'public/vulnerability-database:2': 'other -',
}
