import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { notificationsQuery } from '../../api/queries.ts'
import { done, failed } from '../../components/toast.ts'

/** Make and end the address of a connection. */
export function useNotificationActions(id: string) {
  const client = useQueryClient()
  const { queryKey } = notificationsQuery(id)
  const renew = useMutation({
    mutationFn: () => call('renewNotifications', { params: { id } }),
    onSuccess: (answer) => {
      client.setQueryData(queryKey, answer)
      done('Enter the address at the platform as the steps say.', 'The address is made')
    },
    onError: (error) => failed('The address was not made', error),
  })
  const end = useMutation({
    mutationFn: () => call('endNotifications', { params: { id } }),
    onSuccess: () => done('Events that still come are refused.', 'The address has ended'),
    onError: (error) => failed('The address has not ended', error),
    onSettled: () => client.invalidateQueries({ queryKey }),
  })
  return { renew, end }
}
