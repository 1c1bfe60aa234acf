import { NumberInput, Select, Stack, TagsInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ScanEngine } from '../../../contract/index.ts'
import { scanEnginesQuery } from '../../api/queries.ts'
import type { Draft } from '../../lib/connection-form.ts'
import { scanInterval } from '../../lib/format.ts'

const INTERVALS = [1, 6, 12, 24, 168]
const MANUAL = 'manual'
const PLATFORMS = ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/386', 'linux/ppc64le', 'linux/s390x']

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
      <TagsInput
        label="Platforms"
        description="Of images for several platforms, only these are scanned; none means all."
        placeholder={draft.platforms.length === 0 ? 'All platforms' : ''}
        data={PLATFORMS}
        value={[...draft.platforms]}
        onChange={(platforms) => change({ platforms })}
        maxTags={20}
        error={
          errors['selection.platforms'] ??
          Object.entries(errors).find(([field]) => field.startsWith('selection.platforms'))?.[1]
        }
      />
      <EngineSelect {...{ draft, change, errors }} />
    </Stack>
  )
}

/** One that cannot be used is shown all the same, with what is missing. */
function EngineSelect({ draft, change, errors }: ConfigurationStepProps) {
  const engines = useQuery(scanEnginesQuery)
  const items = engines.data ?? []
  const missing = items.filter(({ problem }) => problem !== null)
  return (
    <Select
      label="Engine"
      description={['What finds the vulnerabilities.', ...missing.map(({ problem }) => said(problem))].join(
        ' ',
      )}
      data={
        items.length === 0
          ? [draft.engine]
          : items.map(({ id, label, version, problem }) => ({
              value: id,
              label: version === null ? label : `${label} ${version}`,
              disabled: problem !== null && id !== draft.engine,
            }))
      }
      value={draft.engine}
      onChange={(engine) => {
        if (engine !== null) change({ engine })
      }}
      allowDeselect={false}
      error={errors['engine']}
    />
  )
}

function said(problem: ScanEngine['problem']): string {
  return problem === null ? '' : `${problem.message} ${problem.remedy ?? ''}`.trim()
}
