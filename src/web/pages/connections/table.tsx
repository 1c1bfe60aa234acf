import { Checkbox, Group, Stack, Table, Text } from '@mantine/core'
import { Fragment } from 'react'
import type { RegistryConnection } from '../../../contract/index.ts'
import { RowActions, RowMenu } from './actions.tsx'
import { Access, Counts, LastDiscovery, Name, ScanInterval, Status } from './cells.tsx'
import classes from './connections.module.css'
import { ConnectionProgress } from '../../components/connection-progress.tsx'

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
    <Table.ScrollContainer minWidth={960} type="native">
      <Table className={classes['table'] ?? ''} verticalSpacing={8} aria-label="Registry Connections">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={36}>
              <Checkbox
                size="xs"
                aria-label="Select all connections"
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
              <Table.Tr data-busy={connection.progress !== null} data-disabled={!connection.enabled}>
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
                <Table.Td maw={260}>
                  <Status connection={connection} />
                </Table.Td>
                <Table.Td>
                  <Access access={connection.access} />
                </Table.Td>
                <Table.Td>
                  <ScanInterval connection={connection} />
                </Table.Td>
                <Table.Td maw={220}>
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
              {connection.progress === null ? null : (
                <Table.Tr className={classes['progress-row'] ?? ''}>
                  <Table.Td />
                  <Table.Td colSpan={8}>
                    <ConnectionProgress name={connection.name} progress={connection.progress} />
                  </Table.Td>
                </Table.Tr>
              )}
            </Fragment>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
