import { Code, Group, List, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ConnectionNotifications } from '../../../contract/index.ts'
import { Copy } from '../../components/copy.tsx'
import { absoluteAddress, filledIn, type HookKeys } from '../../lib/notifications.ts'

/** Address and secret to copy, and the platform's own steps with both filled in. */
export function SetUp({ notifications }: { notifications: ConnectionNotifications }) {
  const { steps, sample, proof } = notifications
  const keys: HookKeys = {
    address: absoluteAddress(notifications.address ?? '', window.location.origin),
    secret: notifications.secret ?? '',
  }
  return (
    <Stack gap="md">
      <Section title="Address and secret">
        <Value label="Address" value={keys.address} />
        <Value label="Secret" value={keys.secret} />
        {proof === null ? null : (
          <Text size="sm" c="dimmed">
            What proves that an event is the platform&apos;s: {proof}.
          </Text>
        )}
      </Section>
      <Section title="At the platform">
        <List type="ordered" size="sm" spacing={6}>
          {steps.map((step) => (
            <List.Item key={step} className="wrap-anywhere">
              {filledIn(step, keys)}
            </List.Item>
          ))}
        </List>
      </Section>
      {sample === null ? null : (
        <Section title={sample.label}>
          <Group gap="xs" align="flex-start" wrap="nowrap">
            <Code block className="wrap-anywhere" style={{ flex: 1, minWidth: 0, whiteSpace: 'pre-wrap' }}>
              {filledIn(sample.text, keys)}
            </Code>
            <Copy text={filledIn(sample.text, keys)} what={sample.label} />
          </Group>
        </Section>
      )}
    </Stack>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack gap="xs" component="section">
      <Title order={2} size="h4">
        {title}
      </Title>
      {children}
    </Stack>
  )
}

function Value({ label, value }: { label: string; value: string }) {
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Text size="sm" c="dimmed" w={64} style={{ flex: 'none' }}>
        {label}
      </Text>
      <Text size="sm" className="mono wrap-anywhere" miw={0}>
        {value}
      </Text>
      <Copy text={value} what={label.toLowerCase()} />
    </Group>
  )
}
