import type { NotifiedNames } from '../../google/index.ts'
import { nameAt } from '../../index.ts'
import { garScope } from './scope.ts'

/** An image of the connection's project and, where it names one, of its region. */
export const notifiedName: NotifiedNames = ({ projectId, region }, image) => {
  if (typeof projectId !== 'string') return undefined
  const location =
    typeof region === 'string' && region.trim() !== '' ? region.trim().toLowerCase() : undefined
  const scope = garScope({ project: projectId.trim(), location })
  if (scope.find(image.host, image.path) === undefined) return undefined
  if (!scope.spansHosts && scope.host !== image.host) return undefined
  return nameAt(scope, image)
}
