import { Group, Stack, Table, Text, Title } from '@mantine/core'
import type { ConnectionNotifications } from '../../../contract/index.ts'
import { StateBadge, type StateBadgeProps } from '../../components/state-badge.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'

type Event = ConnectionNotifications['events'][number]

const OUTCOMES: Readonly<Record<Event['outcome'], StateBadgeProps>> = {
  accepted: { tone: 'good', word: 'Accepted', meaning: 'Discovery of these repositories was started.' },
  ignored: { tone: 'calm', word: 'Ignored', meaning: 'Nothing to look at.' },
  refused: { tone: 'bad', word: 'Refused', meaning: 'The proof is missing or wrong.' },
  invalid: { tone: 'warn', word: 'Not readable', meaning: 'It is not what the platform sends.' },
}

/** What arrived last, newest first. */
export function Events({ events }: { events: readonly Event[] }) {
  return (
    <Stack gap="xs" component="section">
      <Title order={2} size="h4">
        Last events
      </Title>
      {events.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing has arrived yet. Push an image to see that it works.
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={480} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table verticalSpacing={6} aria-label="Last events">
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">Time</Table.Th>
                <Table.Th scope="col">Outcome</Table.Th>
                <Table.Th scope="col">Repositories</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {events.map((event, index) => (
                <Row key={`${event.at} ${index}`} event={event} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  )
}

function Row({ event }: { event: Event }) {
  return (
    <Table.Tr>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <TimeAgo time={event.at} />
      </Table.Td>
      <Table.Td>
        <Group gap={6}>
          <StateBadge {...OUTCOMES[event.outcome]} />
        </Group>
      </Table.Td>
      <Table.Td className="wrap-anywhere">
        {event.repositories.join(', ')}
        {event.message === null ? null : (
          <Text size="xs" c="dimmed">
            {event.message}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  )
}
