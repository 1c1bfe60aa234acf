import { useQuery } from '@tanstack/react-query'
import { sessionQuery } from '../api/queries.ts'

/** Whether the person may add, edit and delete connections; the server decides, this only spares useless buttons. */
export function useIsAdmin(): boolean {
  return useQuery(sessionQuery).data?.role === 'admin'
}
