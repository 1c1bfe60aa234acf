import { ActionIcon, CopyButton } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'

/** Copies a text; says so to everybody. */
export function Copy({ text, what }: { text: string; what: string }) {
  return (
    <CopyButton value={text} timeout={1500}>
      {({ copied, copy }) => {
        const label = copied ? `Copied ${what}` : `Copy ${what}`
        const Icon = copied ? IconCheck : IconCopy
        return (
          <ActionIcon size="sm" c="dimmed" onClick={copy} aria-label={label} title={label}>
            <Icon size={14} aria-hidden />
          </ActionIcon>
        )
      }}
    </CopyButton>
  )
}
