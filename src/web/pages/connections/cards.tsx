import { Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { RegistryConnection } from '../../../contract/index.ts'
import { RowActions, RowMenu } from './actions.tsx'
import { Access, Counts, LastDiscovery, Name, ScanInterval, Status } from './cells.tsx'
import classes from './connections.module.css'
import { ConnectionProgress } from '../../components/connection-progress.tsx'
import { Trouble } from '../../components/trouble.tsx'

export interface ConnectionCardsProps {
  connections: readonly RegistryConnection[]
  remove: (connection: RegistryConnection) => void
}

/** The table's rows in a narrow window. */
export function ConnectionCards({ connections, remove }: ConnectionCardsProps) {
  return (
    <ul className={classes['cards']} aria-label="Registry Connections">
      {connections.map((connection) => (
        <li key={connection.id} className={classes['card']}>
          <Stack gap="xs">
            <Group justify="space-between" wrap="nowrap" align="flex-start">
              <Name connection={connection} />
              <RowMenu connection={connection} remove={remove} />
            </Group>
            <Status connection={connection} />
            <Trouble connection={connection} />
            {connection.progress === null ? null : (
              <ConnectionProgress name={connection.name} progress={connection.progress} />
            )}
            <Fact label="Platform">{connection.platformLabel}</Fact>
            <Fact label="Registry Access">
              <Access access={connection.access} />
            </Fact>
            <Fact label="Scan Interval">
              <ScanInterval connection={connection} />
            </Fact>
            <Fact label="Last discovery">
              <LastDiscovery connection={connection} />
            </Fact>
            <Counts connection={connection} />
            <Group gap="xs">
              <RowActions connection={connection} />
            </Group>
          </Stack>
        </li>
      ))}
    </ul>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap">
      <Text size="xs" c="dimmed" w={104} style={{ flex: 'none' }}>
        {label}
      </Text>
      <Text size="sm" component="div" miw={0}>
        {children}
      </Text>
    </Group>
  )
}
