import { DataList } from '@mantine/core'
import type { ReactNode } from 'react'

/** Label and value, line by line; a null value leaves its line out. */
export function Facts({ facts }: { facts: readonly (readonly [label: string, value: ReactNode])[] }) {
  return (
    <DataList gap={6} labelWidth={124}>
      {facts
        .filter(([, value]) => value !== null)
        .map(([label, value]) => (
          <DataList.Item key={label}>
            <DataList.ItemLabel>{label}</DataList.ItemLabel>
            <DataList.ItemValue className="wrap-anywhere" miw={0}>
              {value}
            </DataList.ItemValue>
          </DataList.Item>
        ))}
    </DataList>
  )
}
