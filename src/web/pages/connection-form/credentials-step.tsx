import { Code, Group, List, Paper, Stack, Text, TextInput, Title } from '@mantine/core'
import type { RegistryPlatform } from '../../../contract/index.ts'
import { Copy } from '../../components/copy.tsx'
import type { Draft } from '../../lib/connection-form.ts'
import { DocsLink } from './docs-link.tsx'
import classes from './form.module.css'
import { PlatformFields } from './platform-fields.tsx'

export interface CredentialsStepProps {
  platform: RegistryPlatform
  egressAddresses: readonly string[]
  draft: Draft
  change: (change: Partial<Draft>) => void
  errors: Readonly<Record<string, string>>
  /** Names of secrets that the server keeps. */
  stored: readonly string[]
}

export function CredentialsStep(props: CredentialsStepProps) {
  const { platform, draft, change, errors, stored } = props
  return (
    <div className={classes['columns']}>
      <Stack gap="sm">
        <TextInput
          label="Connection name"
          description="As it stands in the list."
          required
          maxLength={100}
          value={draft.name}
          error={errors['name']}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <PlatformFields {...{ platform, draft, change, errors, stored }} />
      </Stack>
      <PermissionHelp platform={platform} egressAddresses={props.egressAddresses} />
    </div>
  )
}

/** What the credentials must be allowed to do, and a policy to copy. */
function PermissionHelp({
  platform,
  egressAddresses,
}: Pick<CredentialsStepProps, 'platform' | 'egressAddresses'>) {
  const { permissions, policy } = platform
  return (
    <Stack gap="sm" className={classes['help'] ?? ''}>
      {permissions.length === 0 ? null : (
        <Paper withBorder p="sm">
          <Title order={2} size="h3" mb={6}>
            Permissions required
          </Title>
          <List size="sm" spacing={4} listStyleType="none">
            {permissions.map(({ name, why }) => (
              <List.Item key={name}>
                <Code className="wrap-anywhere">{name}</Code>
                <Text size="xs" c="dimmed">
                  {why}
                </Text>
              </List.Item>
            ))}
          </List>
        </Paper>
      )}
      {policy === null ? null : (
        <Paper withBorder p="sm">
          <Group justify="space-between" mb={6} wrap="nowrap" align="flex-start">
            <Title order={2} size="h3">
              {policy.label}
            </Title>
            <Copy text={policy.text} what="policy" />
          </Group>
          <Code block className={classes['policy'] ?? ''} tabIndex={0}>
            {policy.text}
          </Code>
        </Paper>
      )}
      {egressAddresses.length === 0 ? null : (
        <Text size="xs" c="dimmed" component="div">
          If a firewall guards the registry, let in the addresses that this server connects from:{' '}
          {egressAddresses.map((address) => (
            <span key={address} className="nowrap">
              <Code>{address}</Code> <Copy text={address} what={`address ${address}`} />{' '}
            </span>
          ))}
        </Text>
      )}
      <Text size="xs" c="dimmed">
        Secrets are encrypted at rest and never shown again.
      </Text>
      <Text size="sm" component="div">
        <DocsLink docs={platform.docs} />
      </Text>
    </Stack>
  )
}
