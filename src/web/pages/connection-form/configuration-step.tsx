import { NumberInput, Select, Stack, TagsInput } from '@mantine/core'
import type { Draft } from '../../lib/connection-form.ts'
import { scanInterval } from '../../lib/format.ts'

const INTERVALS = [1, 6, 12, 24, 168]
const MANUAL = 'manual'

export interface ConfigurationStepProps {
  draft: Draft
  change: (change: Partial<Draft>) => void
  errors: Readonly<Record<string, string>>
}

/** Schedule and selection: when to look, and at what. */
export function ConfigurationStep({ draft, change, errors }: ConfigurationStepProps) {
  const hours = [
    ...new Set([...INTERVALS, ...(draft.scanIntervalHours === null ? [] : [draft.scanIntervalHours])]),
  ]
  return (
    <Stack gap="sm" maw={520}>
      <Select
        label="Scan Interval"
        description="How often the registry is looked through for new images."
        data={[
          ...hours
            .sort((a, b) => a - b)
            .map((value) => ({ value: String(value), label: scanInterval(value) })),
          { value: MANUAL, label: 'Manual: only when someone starts it' },
        ]}
        value={draft.scanIntervalHours === null ? MANUAL : String(draft.scanIntervalHours)}
        onChange={(value) => change({ scanIntervalHours: value === MANUAL ? null : Number(value) })}
        allowDeselect={false}
        error={errors['scanIntervalHours']}
      />
      <NumberInput
        label="Latest tags of each repository"
        description="Only these are scanned; all tags are listed."
        min={1}
        max={1000}
        allowDecimal={false}
        value={draft.latestTags}
        onChange={(value) => {
          if (typeof value === 'number') change({ latestTags: value })
        }}
        error={errors['selection.latestTags']}
      />
      <TagsInput
        label="Include repositories"
        description="Patterns such as team/*; none means all. Enter adds one."
        value={[...draft.include]}
        onChange={(include) => change({ include })}
        maxTags={50}
        error={errors['selection.include']}
      />
      <TagsInput
        label="Exclude repositories"
        description="Patterns that win over the included ones."
        value={[...draft.exclude]}
        onChange={(exclude) => change({ exclude })}
        maxTags={50}
        error={errors['selection.exclude']}
      />
    </Stack>
  )
}
