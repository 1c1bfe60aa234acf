import { Button, Text } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { lookAgain } from '../api/live.ts'
import { useLostAt } from '../api/reach.ts'
import { clockTime } from '../lib/format.ts'
import classes from './shell.module.css'

/** Open lists stay when the server goes: one line says that they may be old, until it is back. */
export function NotConnected() {
  const lostAt = useLostAt()
  return (
    <output className={classes['lost']} data-lost={lostAt !== null}>
      {lostAt === null ? null : (
        <>
          <IconPlugConnectedX size={16} aria-hidden />
          <Text span size="sm">
            Not connected since {clockTime(lostAt)}; what you see may be old
          </Text>
          <Button size="compact-xs" variant="default" onClick={lookAgain}>
            Try again
          </Button>
        </>
      )}
    </output>
  )
}
