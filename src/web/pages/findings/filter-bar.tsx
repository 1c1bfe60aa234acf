import { CloseButton, Combobox, Pill, PillsInput, Text, useCombobox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconFilter } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useEffect, useState } from 'react'
import { call } from '../../api/client.ts'
import { connectionsQuery, repositoryNameQuery } from '../../api/queries.ts'
import { FILTER_FIELD, focusOn } from '../../components/focus.ts'
import { type FindingSearch, without } from '../../lib/address.ts'
import { digestStart, PREFIXES, suggest, tokensOf } from '../../lib/finding-tokens.ts'
import classes from './findings.module.css'

const TYPING_MS = 200

export interface FilterBarProps {
  search: FindingSearch
  change: (search: FindingSearch) => void
}

function useSuggestions(text: string, search: FindingSearch) {
  const [settledText] = useDebouncedValue(text, TYPING_MS)
  const settled = settledText.replace(/^[a-z]+:/i, '').trim()
  const connections = useQuery(connectionsQuery).data ?? []
  const repositories = useQuery({
    queryKey: ['filter-bar', 'repositories', settled],
    queryFn: ({ signal }) => call('listRepositories', { query: { q: settled, limit: 8 } }, signal),
    enabled: text !== '',
    placeholderData: keepPreviousData,
  })
  const start = digestStart(settledText)
  const images = useQuery({
    queryKey: ['filter-bar', 'digests', start],
    queryFn: ({ signal }) => call('listImages', { query: { q: start ?? '', kind: 'all', limit: 8 } }, signal),
    enabled: start !== null,
    placeholderData: keepPreviousData,
  })
  const isLookedUp = digestStart(text) === start && !images.isLoading && !images.isPlaceholderData
  return suggest(text, {
    repositories: repositories.data?.items ?? [],
    digests: isLookedUp ? (images.data?.items ?? []).map(({ digest }) => digest) : undefined,
    connections,
    severity: search.severity,
  })
}

function useTokens(search: FindingSearch) {
  const connections = useQuery(connectionsQuery).data ?? []
  const repository = useQuery({
    ...repositoryNameQuery(search.repository ?? 0),
    enabled: search.repository !== undefined,
  })
  return tokensOf(search, {
    repository: repository.data,
    connection: connections.find(({ id }) => id === search.connection)?.name,
  })
}

/** The filters as tokens; typing suggests more of them. */
export function FilterBar({ search, change }: FilterBarProps) {
  const [text, setText] = useState('')
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const suggestions = useSuggestions(text, search)
  const tokens = useTokens(search)
  const remove = (key: keyof FindingSearch): void => {
    change(without(search, key))
    focusOn(FILTER_FIELD)
  }
  const removeAll = (): void => {
    change({})
    focusOn(FILTER_FIELD)
  }
  const choose = (id: string): void => {
    const suggestion = suggestions.find((candidate) => candidate.id === id)
    if (suggestion === undefined) {
      setText(id)
      return
    }
    change({ ...search, ...suggestion.patch })
    setText('')
    combobox.closeDropdown()
  }
  const press = (event: KeyboardEvent): void => {
    const last = tokens.at(-1)
    if (event.key === 'Backspace' && text === '' && last !== undefined) remove(last.key)
  }
  const options =
    text === ''
      ? PREFIXES.map(([id, hint]) => ({ id, label: id, hint }))
      : suggestions.map(({ id, label, hint }) => ({ id, label, hint }))

  // What arrives while one types is what Enter takes: the first of them, until an arrow chooses another.
  const offered = options.map(({ id }) => id).join('\n')
  const { selectFirstOption } = combobox
  useEffect(() => {
    if (text !== '') selectFirstOption()
  }, [text, offered, selectFirstOption])

  return (
    <Combobox store={combobox} onOptionSubmit={choose}>
      <Combobox.DropdownTarget>
        <PillsInput
          size="sm"
          mb="xs"
          leftSection={<IconFilter size={15} aria-hidden />}
          rightSection={
            tokens.length === 0 ? null : (
              <CloseButton size="sm" aria-label="Clear all filters" onClick={removeAll} />
            )
          }
          onClick={() => combobox.openDropdown()}
        >
          <Pill.Group>
            {tokens.map((token) => (
              <Pill
                key={token.key}
                withRemoveButton
                onRemove={() => remove(token.key)}
                removeButtonProps={{
                  'aria-label': `Remove ${token.label}`,
                  tabIndex: 0,
                  'aria-hidden': false,
                }}
              >
                {token.label}
              </Pill>
            ))}
            <Combobox.EventsTarget>
              <PillsInput.Field
                aria-label="Filter findings"
                data-filter-field
                placeholder={
                  tokens.length === 0 ? 'Filter: severity, package, CVE, repository, digest, fix' : ''
                }
                value={text}
                maxLength={300}
                onChange={(event) => {
                  setText(event.currentTarget.value)
                  combobox.openDropdown()
                }}
                onFocus={() => combobox.openDropdown()}
                onBlur={() => combobox.closeDropdown()}
                onKeyDown={press}
              />
            </Combobox.EventsTarget>
          </Pill.Group>
        </PillsInput>
      </Combobox.DropdownTarget>
      <Combobox.Dropdown>
        <Combobox.Options aria-label="Filters">
          {options.map(({ id, label, hint }) => (
            <Combobox.Option key={id} value={id}>
              <span className={classes['option']}>
                <span className="wrap-anywhere">{label}</span>
                <Text span size="xs" c="dimmed">
                  {hint}
                </Text>
              </span>
            </Combobox.Option>
          ))}
          {options.length === 0 ? <Combobox.Empty>No such filter</Combobox.Empty> : null}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}
