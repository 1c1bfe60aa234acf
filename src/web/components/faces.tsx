import { Alert, Button, Code, Group, Skeleton, Stack, Text, VisuallyHidden } from '@mantine/core'
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Reason } from '../../contract/index.ts'
import { problemOf } from '../api/problem.ts'
import { Copy } from './copy.tsx'
import classes from './faces.module.css'
import { takeFocus } from './focus.ts'

export interface FailedProps {
  error: unknown
  retry?: () => void
  title?: string
  /** It answers what a person has just done: they are led to it. */
  isAnswer?: boolean
}

/** What failed, why, what to do, try again, and the code to quote. */
export function Failed({ error, retry, title, isAnswer = false }: FailedProps) {
  const problem = problemOf(error)
  return (
    <Alert
      {...(isAnswer ? { ref: takeFocus, tabIndex: -1 } : {})}
      className={classes['failed'] ?? ''}
      icon={<IconAlertTriangle aria-hidden />}
      title={title ?? problem.title}
      role="alert"
    >
      <Stack gap="xs">
        <Text size="sm" className="wrap-anywhere">
          {problem.detail}
        </Text>
        {problem.remedy === undefined ? null : (
          <Text size="sm" className="wrap-anywhere">
            <b>What to do:</b> {problem.remedy}
          </Text>
        )}
        <Group gap="xs" align="center">
          {retry === undefined ? null : (
            <Button variant="default" leftSection={<IconRefresh size={14} aria-hidden />} onClick={retry}>
              Try again
            </Button>
          )}
          <Text size="xs" c="dimmed">
            Code <Code>{problem.code}</Code>
          </Text>
          <Copy text={problem.code} what="code" />
        </Group>
      </Stack>
    </Alert>
  )
}

/** A stored reason under a badge: what happened and what to do. */
export function ReasonText({ reason }: { reason: Reason }) {
  return (
    <Text size="xs" component="div" className="wrap-anywhere">
      <div>{reason.message}</div>
      {reason.remedy === null ? null : (
        <div>
          <b>What to do:</b> {reason.remedy}
        </div>
      )}
      <Text span size="xs" c="dimmed">
        Code {reason.code}
      </Text>
    </Text>
  )
}

export interface EmptyProps {
  icon: ReactNode
  title: string
  children?: ReactNode
  action?: ReactNode
}

/** One sentence and the next thing to do. */
export function Empty({ icon, title, children, action }: EmptyProps) {
  return (
    <Stack className={classes['empty'] ?? ''} align="center" gap="xs" data-face="empty">
      <div className={classes['icon']} aria-hidden>
        {icon}
      </div>
      <Text fw={600}>{title}</Text>
      {children === undefined ? null : (
        <Text size="sm" c="dimmed" ta="center" maw={460} component="div">
          {children}
        </Text>
      )}
      {action === undefined ? null : <Group mt="xs">{action}</Group>}
    </Stack>
  )
}

/** Rows of the shape that the list will have. */
export function RowsSkeleton({ rows = 12, height = 40 }: { rows?: number; height?: number }) {
  return (
    <div aria-busy="true" data-face="loading">
      <VisuallyHidden component="output">Loading</VisuallyHidden>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={classes['row']} style={{ height }} aria-hidden>
          {Array.from({ length: 6 }, (_, column) => (
            <Skeleton key={column} height={10} width={`${45 + ((index * 7 + column * 17) % 40)}%`} />
          ))}
        </div>
      ))}
    </div>
  )
}
