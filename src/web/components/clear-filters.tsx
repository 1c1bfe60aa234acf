import { Button } from '@mantine/core'
import { FILTER_FIELD, focusOn } from './focus.ts'

/** In an empty list: it leaves with the filters, and one goes on where they are typed. */
export function ClearFilters({ clear }: { clear: () => void }) {
  const leave = (): void => {
    clear()
    focusOn(FILTER_FIELD)
  }
  return <Button onClick={leave}>Clear filters</Button>
}
