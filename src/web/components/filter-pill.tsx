import { Pill } from '@mantine/core'
import { FILTER_FIELD, focusOn } from './focus.ts'

/** A filter that came by a link: named, and removable. */
export function FilterPill({ label, remove }: { label: string; remove: () => void }) {
  return (
    <Pill
      withRemoveButton
      onRemove={() => {
        remove()
        focusOn(FILTER_FIELD)
      }}
      removeButtonProps={{ 'aria-label': `Remove ${label}`, tabIndex: 0, 'aria-hidden': false }}
    >
      {label}
    </Pill>
  )
}
