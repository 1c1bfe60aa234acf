import { CloseButton, Group, Switch, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { repositoryNameQuery } from '../../api/queries.ts'
import { ConnectionSelect } from '../../components/connection-select.tsx'
import { FilterMenu } from '../../components/filter-menu.tsx'
import { FilterPill } from '../../components/filter-pill.tsx'
import { type ImageSearch, LIFECYCLES, present, SCAN_STATUSES } from '../../lib/address.ts'
import { shortDigest } from '../../lib/format.ts'

const TYPING_MS = 250

export interface ImageFiltersProps {
  search: ImageSearch
  change: (search: ImageSearch) => void
}

export function ImageFilters({ search, change }: ImageFiltersProps) {
  const set = (part: { [K in keyof ImageSearch]: ImageSearch[K] | undefined }): void =>
    change(present({ ...search, ...part }) as ImageSearch)
  return (
    <Group gap="xs" mb="sm" component="search" aria-label="Filter images">
      <Words value={search.q} change={(q) => set({ q })} />
      <ConnectionSelect value={search.connection} onChange={(connection) => set({ connection })} />
      <FilterMenu
        label="Scan Status"
        options={SCAN_STATUSES}
        value={search.status ?? []}
        onChange={(status) => set({ status: status.length === 0 ? undefined : status })}
      />
      <FilterMenu
        label="Lifecycle"
        options={LIFECYCLES}
        value={search.lifecycle ?? []}
        onChange={(lifecycle) => set({ lifecycle: lifecycle.length === 0 ? undefined : lifecycle })}
      />
      <Switch
        size="xs"
        label="Show non-images"
        checked={search.kind === 'all'}
        onChange={(event) => set({ kind: event.currentTarget.checked ? 'all' : undefined })}
      />
      {search.repository === undefined ? null : (
        <RepositoryPill id={search.repository} remove={() => set({ repository: undefined })} />
      )}
      {search.digest === undefined ? null : (
        <FilterPill
          label={`digest: ${shortDigest(search.digest)}`}
          remove={() => set({ digest: undefined })}
        />
      )}
    </Group>
  )
}

/** What is typed reaches the address when the typing pauses. */
function Words({ value, change }: { value: string | undefined; change: (q: string | undefined) => void }) {
  const [text, setText] = useState(value ?? '')
  const [seen, setSeen] = useState(value)
  const [sent, setSent] = useState(value ?? '')
  // The address changed, and not by what was typed here: by a link, or by the browser's back.
  if (seen !== value) {
    setSeen(value)
    if ((value ?? '') !== sent) setText(value ?? '')
  }
  const settle = useDebouncedCallback((words: string) => {
    setSent(words)
    change(words === '' ? undefined : words)
  }, TYPING_MS)
  const clear = (): void => {
    setText('')
    setSent('')
    change(undefined)
  }
  return (
    <TextInput
      size="xs"
      w={230}
      aria-label="Search images"
      data-filter-field
      placeholder="Repository, tag or digest"
      maxLength={200}
      leftSection={<IconSearch size={14} aria-hidden />}
      rightSection={
        text === '' ? null : <CloseButton size="xs" aria-label="Clear the search" onClick={clear} />
      }
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value)
        settle(event.currentTarget.value.trim())
      }}
    />
  )
}

function RepositoryPill({ id, remove }: { id: number; remove: () => void }) {
  const name = useQuery(repositoryNameQuery(id))
  return <FilterPill label={`repository: ${name.data ?? id}`} remove={remove} />
}
