import { Group, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import classes from './page.module.css'

export interface PageProps {
  title: string
  /** One quiet line under the title. */
  lead?: ReactNode
  /** Buttons at the right of the title. */
  actions?: ReactNode
  /** The page fills the window and its list scrolls inside (wide windows only). */
  fill?: boolean
  children: ReactNode
}

/** Head and body of every page. The shell moves the focus to the title when the address changes. */
export function Page({ title, lead, actions, fill = false, children }: PageProps) {
  useDocumentTitle(`${title} · Portolan`)
  return (
    <div className={classes['page']} data-fill={fill}>
      <Group justify="space-between" align="flex-start" gap="sm" className={classes['head'] ?? ''}>
        <div>
          <Title order={1} tabIndex={-1} data-page-title className={classes['title'] ?? ''}>
            {title}
          </Title>
          {lead === undefined ? null : (
            <Text size="sm" c="dimmed" component="div">
              {lead}
            </Text>
          )}
        </div>
        {actions === undefined ? null : <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </div>
  )
}
