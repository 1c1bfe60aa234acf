import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { connectionsQuery } from '../api/queries.ts'

export interface ConnectionSelectProps {
  value: string | undefined
  onChange: (id: string | undefined) => void
}

/** Filter by connection; nothing to choose where there are none. */
export function ConnectionSelect({ value, onChange }: ConnectionSelectProps) {
  const connections = useQuery(connectionsQuery).data ?? []
  return (
    <Select
      size="xs"
      w={190}
      aria-label="Connection"
      placeholder="All connections"
      data={connections.map(({ id, name }) => ({ value: id, label: name }))}
      value={value ?? null}
      onChange={(id) => onChange(id ?? undefined)}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'All connections' }}
    />
  )
}
