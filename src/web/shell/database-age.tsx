import { Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconDatabase } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { databaseQuery } from '../api/queries.ts'
import { useNow } from '../components/now.ts'
import { shortAge } from '../lib/format.ts'
import { javaText, progressText } from '../lib/progress.ts'
import classes from './shell.module.css'

/** How old the vulnerability data is; a warning over two days, or where there is none. */
export function DatabaseAge() {
  const database = useQuery(databaseQuery)
  const now = useNow()
  if (database.data === undefined) return null
  const { stale, updatedAt, updating, message, java, progress } = database.data
  const age =
    updatedAt === null ? 'No vulnerability data yet' : `Vulnerability data ${shortAge(updatedAt, now)} old`
  const Icon = stale ? IconAlertTriangle : IconDatabase
  return (
    <Tooltip label={`${message}; ${javaText(java)}`} position="top-start">
      <Link
        to="/settings"
        hash="vulnerability-data"
        className={classes['database']}
        data-stale={stale}
        style={{ textDecoration: 'none' }}
      >
        <Icon size={15} stroke={1.8} aria-hidden />
        <span>
          {stale && updatedAt !== null ? `Warning: ${age.charAt(0).toLowerCase()}${age.slice(1)}` : age}
          {updating || java.updating ? ', updating…' : ''}
          {progressText(progress)}
        </span>
      </Link>
    </Tooltip>
  )
}
