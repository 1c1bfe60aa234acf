/** Names a published artifact (Maven: GAV). */
export interface Coordinates {
  readonly group: string
  readonly artifact: string
  readonly version: string
}

export function isComplete({ group, artifact, version }: Coordinates): boolean {
  return group !== '' && artifact !== '' && version !== ''
}
