import { Checkbox, Group, Stack, Table, Text } from '@mantine/core'
import { Fragment } from 'react'
import type { RegistryConnection } from '../../../contract/index.ts'
import { RowActions, RowMenu } from './actions.tsx'
import { Access, Counts, LastDiscovery, Name, ScanInterval, Status } from './cells.tsx'
import classes from './connections.module.css'
import { ConnectionProgress } from '../../components/connection-progress.tsx'
import { hasTrouble, Trouble } from '../../components/trouble.tsx'

export interface ConnectionTableProps {
  connections: readonly RegistryConnection[]
  selected: ReadonlySet<string>
  select: (ids: ReadonlySet<string>) => void
  remove: (connection: RegistryConnection) => void
}

export function ConnectionTable({ connections, selected, select, remove }: ConnectionTableProps) {
  const all = connections.length > 0 && connections.every((connection) => selected.has(connection.id))
  const toggle = (id: string): void => {
    const next = new Set(selected)
    if (!next.delete(id)) next.add(id)
    select(next)
  }
  return (
    <Table.ScrollContainer minWidth={1000} type="native">
      <Table className={classes['table'] ?? ''} verticalSpacing={8} aria-label="Registry Connections">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={36}>
              <Checkbox
                size="xs"
                aria-label="Select all connections"
                data-select-all
                checked={all}
                indeterminate={selected.size > 0 && !all}
                onChange={() => select(new Set(all ? [] : connections.map((connection) => connection.id)))}
              />
            </Table.Th>
            <Table.Th>Name</Table.Th>
            <Table.Th>Platform</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th>Registry Access</Table.Th>
            <Table.Th>Scan Interval</Table.Th>
            <Table.Th>Last discovery</Table.Th>
            <Table.Th>Images</Table.Th>
            <Table.Th>
              <Text span inherit className={classes['hidden'] ?? ''}>
                Actions
              </Text>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {connections.map((connection) => (
            <Fragment key={connection.id}>
              <Table.Tr data-more={hasMore(connection)} data-disabled={!connection.enabled}>
                <Table.Td>
                  <Checkbox
                    size="xs"
                    aria-label={`Select ${connection.name}`}
                    checked={selected.has(connection.id)}
                    onChange={() => toggle(connection.id)}
                  />
                </Table.Td>
                <Table.Td>
                  <Name connection={connection} />
                </Table.Td>
                <Table.Td>{connection.platformLabel}</Table.Td>
                <Table.Td>
                  <Status connection={connection} />
                </Table.Td>
                <Table.Td>
                  <Access access={connection.access} />
                </Table.Td>
                <Table.Td>
                  <ScanInterval connection={connection} />
                </Table.Td>
                <Table.Td>
                  <LastDiscovery connection={connection} />
                </Table.Td>
                <Table.Td>
                  <Counts connection={connection} />
                </Table.Td>
                <Table.Td>
                  <Group gap={6} wrap="nowrap" justify="flex-end">
                    <Stack gap={4} className={classes['buttons'] ?? ''}>
                      <RowActions connection={connection} />
                    </Stack>
                    <RowMenu connection={connection} remove={remove} />
                  </Group>
                </Table.Td>
              </Table.Tr>
              <MoreRow connection={connection} />
            </Fragment>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function hasMore(connection: RegistryConnection): boolean {
  return connection.progress !== null || hasTrouble(connection)
}

/** Under a row, over its whole width: what runs, and what is wrong. */
function MoreRow({ connection }: { connection: RegistryConnection }) {
  if (!hasMore(connection)) return null
  return (
    <Table.Tr className={classes['more-row'] ?? ''}>
      <Table.Td />
      <Table.Td colSpan={8}>
        {connection.progress === null ? null : (
          <ConnectionProgress name={connection.name} progress={connection.progress} />
        )}
        <Trouble connection={connection} />
      </Table.Td>
    </Table.Tr>
  )
}
