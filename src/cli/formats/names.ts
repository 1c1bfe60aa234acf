/** Of `--format`: what is wrong, as a report. */
export const FORMATS = ['table', 'json', 'trivy', 'sarif'] as const
export type Format = (typeof FORMATS)[number]

/** Of `--format`: what is in it, as an SBOM. */
export const SBOM_FORMATS = ['cyclonedx', 'spdx-json'] as const
export type SbomFormat = (typeof SBOM_FORMATS)[number]

/** Of `--engine`; a test holds it to the table of engines. */
export const ENGINES = ['portolan', 'trivy'] as const
