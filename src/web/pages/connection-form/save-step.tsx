import { DataList, Stack } from '@mantine/core'
import type { RegistryPlatform } from '../../../contract/index.ts'
import { Failed } from '../../components/faces.tsx'
import type { Draft } from '../../lib/connection-form.ts'
import { counted, scanInterval } from '../../lib/format.ts'
import { CheckLines } from './check-lines.tsx'
import type { Saving } from './saving.ts'

export interface SaveStepProps {
  platform: RegistryPlatform
  draft: Draft
  saving: Saving
}

/** What will be saved, and the check that comes before it. */
export function SaveStep({ platform, draft, saving }: SaveStepProps) {
  const facts = [
    ['Name', draft.name],
    ['Platform', platform.label],
    ['Scan Interval', scanInterval(draft.scanIntervalHours)],
    ['Scanned', `the latest ${counted(draft.latestTags, 'tag')} of each repository`],
    ['Include', draft.include.length === 0 ? 'all repositories' : draft.include.join(', ')],
    ['Exclude', draft.exclude.length === 0 ? 'none' : draft.exclude.join(', ')],
  ]
  return (
    <Stack gap="md" maw={620}>
      <DataList gap={4}>
        {facts.map(([label, value]) => (
          <DataList.Item key={label}>
            <DataList.ItemLabel>{label}</DataList.ItemLabel>
            <DataList.ItemValue className="wrap-anywhere">{value}</DataList.ItemValue>
          </DataList.Item>
        ))}
      </DataList>
      {saving.error === null ? null : <Failed error={saving.error} isAnswer />}
      <CheckLines saving={saving} />
    </Stack>
  )
}
