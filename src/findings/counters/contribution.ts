/** What one repository, or a whole organisation, adds to the counters of a vulnerability at a severity. */
export interface Contribution {
  readonly vulnerability_id: number
  readonly severity: number
  readonly findings: number
  readonly repositories: number
  readonly fixable: number
}
