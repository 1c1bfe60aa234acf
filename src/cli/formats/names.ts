/** Of `--format`. */
export const FORMATS = ['table', 'json', 'trivy', 'sarif'] as const
export type Format = (typeof FORMATS)[number]
