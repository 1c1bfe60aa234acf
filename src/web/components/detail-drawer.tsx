import { Drawer } from '@mantine/core'
import type { ReactNode } from 'react'

export interface DetailDrawerProps {
  opened: boolean
  close: () => void
  title: ReactNode
  children: ReactNode
}

/** Details at the right over a list; the address says what is open. */
export function DetailDrawer({ opened, close, title, children }: DetailDrawerProps) {
  return (
    <Drawer
      opened={opened}
      onClose={close}
      title={title}
      position="right"
      size="min(38rem, 100vw)"
      overlayProps={{ backgroundOpacity: 0.25 }}
      closeButtonProps={{ 'aria-label': 'Close details' }}
    >
      {children}
    </Drawer>
  )
}
