import { Group, Stack, Text, VisuallyHidden } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { RegistryConnection } from '../../contract/index.ts'
import { withTimes } from '../lib/format.ts'
import { FailedToConnect } from './failed-to-connect.tsx'

/** Why a connection failed or waits, what its last discovery did not see, and what wants a look; nothing where all is well. */
export function Trouble({ connection }: { connection: RegistryConnection }) {
  if (!hasTrouble(connection)) return null
  const { status, statusReason: reason, lastDiscovery, warnings } = connection
  const incomplete = lastDiscovery?.incompleteBecause ?? null
  return (
    <Stack gap={4}>
      {status === 'Error' && reason !== null ? <FailedToConnect reason={reason} compact /> : null}
      {status === 'Error' || reason === null ? null : (
        <Warning remedy={reason.remedy}>Discovery waits: {withTimes(reason.message)}</Warning>
      )}
      {incomplete === null ? null : (
        <Warning>The last discovery is incomplete because {withTimes(incomplete)}</Warning>
      )}
      {warnings.map(({ about, message, remedy }) => (
        <Warning key={about} remedy={remedy}>
          {message}
        </Warning>
      ))}
    </Stack>
  )
}

function Warning({ children, remedy = null }: { children: ReactNode; remedy?: string | null }) {
  return (
    <Group gap={4} wrap="nowrap" align="flex-start" style={{ color: 'var(--tone-warn)' }}>
      <IconAlertTriangle size={13} aria-hidden style={{ flex: 'none', marginTop: 2 }} />
      <Text span size="xs" className="wrap-anywhere">
        <VisuallyHidden>Warning: </VisuallyHidden>
        {children}
        {remedy === null ? null : (
          <>
            {' '}
            <b>What to do:</b> {remedy}
          </>
        )}
      </Text>
    </Group>
  )
}

export function hasTrouble({ statusReason, lastDiscovery, warnings }: RegistryConnection): boolean {
  return statusReason !== null || (lastDiscovery?.incompleteBecause ?? null) !== null || warnings.length > 0
}
