import { IconMap2 } from '@tabler/icons-react'
import { Empty } from '../components/faces.tsx'
import { LinkButton } from '../components/links.tsx'
import { Page } from '../components/page.tsx'

export function NotFound() {
  return (
    <Page title="Not on this chart">
      <Empty
        icon={<IconMap2 size={22} />}
        title="There is no page at this address."
        action={<LinkButton to="/">Go to the overview</LinkButton>}
      >
        The link may be old, or it was cut when it was copied.
      </Empty>
    </Page>
  )
}
