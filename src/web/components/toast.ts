import { notifications } from '@mantine/notifications'
import { problemOf } from '../api/problem.ts'

/** A short word at the lower right that something was done. */
export function done(message: string, title?: string): void {
  notifications.show({ message, ...(title === undefined ? {} : { title }), color: 'sea', autoClose: 5_000 })
}

/** What an action failed of, with the remedy; stays until it is closed. */
export function failed(title: string, error: unknown): void {
  const problem = problemOf(error)
  const remedy = problem.remedy === undefined ? '' : ` ${problem.remedy}`
  notifications.show({
    title,
    message: `${problem.detail}${remedy} (${problem.code})`,
    color: 'red',
    autoClose: false,
    role: 'alert',
  })
}
