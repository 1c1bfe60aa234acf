import '@mantine/spotlight/styles.css'
import {
  Spotlight,
  type SpotlightActionData,
  type SpotlightActionGroupData,
  spotlight,
} from '@mantine/spotlight'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { call } from '../api/client.ts'
import { connectionsQuery } from '../api/queries.ts'
import { readQuery } from '../lib/search-words.ts'
import { useCommands } from './commands.ts'

const DEBOUNCE_MS = 200

/** Repositories whose path holds the words. */
function useRepositories(words: string) {
  return useQuery({
    queryKey: ['palette', 'repositories', words],
    queryFn: ({ signal }) => call('listRepositories', { query: { q: words, limit: 6 } }, signal),
    enabled: words.length >= 2,
    staleTime: 10_000,
  })
}

/** One search for everything: connections, repositories, images by digest, vulnerabilities, pages and actions. */
export function Palette({ searches }: { searches: number }) {
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [settled] = useDebouncedValue(text.trim(), DEBOUNCE_MS)
  const connections = useQuery(connectionsQuery)
  const repositories = useRepositories(settled)
  const commands = useCommands()
  useEffect(() => {
    if (searches > 0) spotlight.open()
  }, [searches])

  // The same id while the words change: the list keeps its selection on the element.
  const direct: SpotlightActionData[] = readQuery(text).map((target, index) => ({
    id: `direct-${index}`,
    label: target.label,
    onClick: () => void navigate({ to: target.to, search: target.search }),
  }))
  const groups: SpotlightActionGroupData[] = [
    { group: 'Search for', actions: direct },
    {
      group: 'Repositories',
      actions: (text === '' ? [] : (repositories.data?.items ?? [])).map((repository) => ({
        id: `repository-${repository.id}`,
        label: repository.path,
        description: repository.host,
        onClick: () => void navigate({ to: '/images', search: { repository: repository.id } }),
      })),
    },
    {
      group: 'Connections',
      actions: matching(connections.data ?? [], text, (connection) => `${connection.name} ${connection.host}`)
        .slice(0, 6)
        .map((connection) => ({
          id: `connection-${connection.id}`,
          label: connection.name,
          description: `${connection.platformLabel} · ${connection.host}`,
          onClick: () => void navigate({ to: '/images', search: { connection: connection.id } }),
        })),
    },
    {
      group: 'Go to and do',
      actions: matching(commands, text, (command) => command.label ?? '').slice(0, 12),
    },
  ].filter((group) => group.actions.length > 0)

  return (
    <Spotlight
      actions={groups}
      filter={(_, actions) => actions}
      query={text}
      onQueryChange={setText}
      shortcut={null}
      attributes={{ content: { 'aria-label': 'Search' } }}
      scrollable
      maxHeight={420}
      nothingFound="Nothing found."
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden />,
        placeholder: 'Image, digest, CVE, connection or action',
        'aria-label': 'Search',
      }}
    />
  )
}

function matching<T>(items: readonly T[], text: string, words: (item: T) => string): T[] {
  const wanted = text.trim().toLowerCase()
  return items.filter((item) => words(item).toLowerCase().includes(wanted))
}
