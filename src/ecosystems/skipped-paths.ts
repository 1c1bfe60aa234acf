const skipped = /^(?:proc|sys|dev)\/|(?:^|\/)\.git\//

/** Folders that Trivy does not walk (pkg/fanal/walker): what the kernel mounts, and what git keeps. */
export function isOutsideOfPrograms(path: string): boolean {
  return skipped.test(path)
}
