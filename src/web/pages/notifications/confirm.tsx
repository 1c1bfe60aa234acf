import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'

export interface ConfirmProps {
  opened: boolean
  title: string
  /** On the button that does it. */
  word: string
  close: () => void
  confirm: () => void
  children: ReactNode
}

/** Asks once more, with what will happen. */
export function Confirm({ opened, title, word, close, confirm, children }: ConfirmProps) {
  return (
    <Modal opened={opened} onClose={close} title={title} centered>
      <Stack gap="md">
        <Text size="sm">{children}</Text>
        <Group gap="xs" justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            Cancel
          </Button>
          <Button
            color="red"
            onClick={() => {
              close()
              confirm()
            }}
          >
            {word}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
