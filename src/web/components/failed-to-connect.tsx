import { Alert, Code, List, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { platformsQuery } from '../api/queries.ts'
import { withTimes } from '../lib/format.ts'
import classes from './faces.module.css'
import { takeFocus } from './focus.ts'

export interface FailedToConnectProps {
  reason: { readonly message: string; readonly remedy: string | null; readonly code?: string }
  /** Under a row of a table: less room. */
  compact?: boolean
}

/** Why a registry cannot be used, what to do, and what else is often the cause. Whoever asked is led to it, not so under a row. */
export function FailedToConnect({ reason, compact = false }: FailedToConnectProps) {
  const size = compact ? 'xs' : 'sm'
  return (
    <Alert
      role={compact ? 'note' : 'alert'}
      title="Failed to connect"
      icon={<IconAlertTriangle aria-hidden />}
      className={classes['failed'] ?? ''}
      {...(compact ? { p: 'xs' } : { ref: takeFocus, tabIndex: -1 })}
    >
      <Text size={size} className="wrap-anywhere">
        {withTimes(reason.message)}
      </Text>
      {reason.remedy === null ? null : (
        <Text size={size} mt={4} className="wrap-anywhere">
          <b>What to do:</b> {withTimes(reason.remedy)}
        </Text>
      )}
      <OftenTheCause size={size} />
      {reason.code === undefined ? null : (
        <Text size="xs" c="dimmed" mt={4}>
          Code <Code>{reason.code}</Code>
        </Text>
      )}
    </Alert>
  )
}

function OftenTheCause({ size }: { size: 'xs' | 'sm' }) {
  const addresses = useQuery(platformsQuery).data?.egressAddresses ?? []
  return (
    <List size={size} mt={6} spacing={2} aria-label="Often the cause">
      <List.Item>Verify the credentials in the registry provider's console.</List.Item>
      <List.Item>
        Ensure that the registry allows connections from this server
        {addresses.length === 0 ? '; whoever runs it knows its addresses.' : <>: {listed(addresses)}</>}
      </List.Item>
      <List.Item>For self-hosted registries, verify network and firewall rules.</List.Item>
    </List>
  )
}

function listed(addresses: readonly string[]) {
  return addresses.map((address, index) => (
    <span key={address}>
      {index === 0 ? '' : ', '}
      <Code>{address}</Code>
    </span>
  ))
}
