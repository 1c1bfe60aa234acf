import { Select, Stack, Text } from '@mantine/core'
import type { RegistryPlatform } from '../../../contract/index.ts'
import { DocsLink } from './docs-link.tsx'

export interface PlatformStepProps {
  platforms: readonly RegistryPlatform[]
  platform: RegistryPlatform | undefined
  choose: (id: string) => void
}

export function PlatformStep({ platforms, platform, choose }: PlatformStepProps) {
  return (
    <Stack gap="sm" maw={520}>
      <Select
        label="Platform"
        description="The fields of the next step follow from it."
        placeholder="Choose your registry platform"
        data={platforms.map(({ id, label }) => ({ value: id, label }))}
        value={platform?.id ?? null}
        onChange={(id) => {
          if (id !== null) choose(id)
        }}
        searchable
        allowDeselect={false}
        nothingFoundMessage="No such platform. Any registry that speaks the OCI protocol connects as a generic one."
      />
      {platform === undefined ? null : (
        <Text size="sm" c="dimmed" component="div">
          {platform.summary} <DocsLink docs={platform.docs} />
        </Text>
      )}
    </Stack>
  )
}
