import { Group, Kbd, Modal, Table } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

const PLACES = {
  o: { to: '/', label: 'Overview' },
  r: { to: '/settings/registry-connections', label: 'Registries' },
  i: { to: '/images', label: 'Images' },
  f: { to: '/findings', label: 'Findings' },
  a: { to: '/activity', label: 'Activity' },
  s: { to: '/settings', label: 'Settings' },
} as const

const SEQUENCE_MS = 1_200

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  )
}

function isPlace(key: string): key is keyof typeof PLACES {
  return Object.hasOwn(PLACES, key)
}

/** `/` and mod+K search, `?` helps, `g` and a letter go to a page; none while one types or a dialog is open. */
export function useShortcuts({ search, help }: { search: () => void; help: () => void }): void {
  const navigate = useNavigate()
  const goneAt = useRef(Number.NEGATIVE_INFINITY)
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const key = event.key.toLowerCase()
      if ((event.ctrlKey || event.metaKey) && key === 'k') {
        event.preventDefault()
        search()
        return
      }
      const elsewhere = isTyping(event.target) || document.querySelector('[role="dialog"]') !== null
      if (elsewhere || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.timeStamp - goneAt.current < SEQUENCE_MS && isPlace(key)) {
        goneAt.current = Number.NEGATIVE_INFINITY
        event.preventDefault()
        void navigate({ to: PLACES[key].to })
        return
      }
      if (key === 'g') goneAt.current = event.timeStamp
      if (key !== '/' && key !== '?') return
      event.preventDefault()
      if (key === '/') search()
      else help()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [navigate, search, help])
}

const KEYS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['/'], 'Search'],
  [['Ctrl', 'K'], 'Search and commands'],
  ...Object.entries(PLACES).map(([key, { label }]) => [['g', key], `Go to ${label}`] as const),
  [['↑', '↓'], 'Walk over the rows of a list'],
  [['Enter'], 'Open the row'],
  [['Esc'], 'Close what is open'],
  [['?'], 'This list'],
]

export function Shortcuts({ opened, close }: { opened: boolean; close: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={close}
      title="Keyboard shortcuts"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Table>
        <Table.Tbody>
          {KEYS.map(([keys, what]) => (
            <Table.Tr key={what}>
              <Table.Th scope="row" fw={400}>
                {what}
              </Table.Th>
              <Table.Td>
                <Group gap={4} justify="flex-end">
                  {keys.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  )
}
