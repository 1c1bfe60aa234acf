import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { RegistryConnection } from '../../../contract/index.ts'
import { call } from '../../api/client.ts'
import { Failed } from '../../components/faces.tsx'
import { done } from '../../components/toast.ts'

export interface DeleteDialogProps {
  connection: RegistryConnection | null
  close: () => void
}

/** The one deletion that asks: the name has to be typed. */
export function DeleteDialog({ connection, close }: DeleteDialogProps) {
  return (
    <Modal
      opened={connection !== null}
      onClose={close}
      // The item of the menu that opened it is gone: whoever opens it says where one goes on.
      returnFocus={false}
      title={`Delete ${connection?.name ?? 'connection'}?`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {connection === null ? null : <DeleteForm connection={connection} close={close} />}
    </Modal>
  )
}

function DeleteForm({ connection, close }: { connection: RegistryConnection; close: () => void }) {
  const [typed, setTyped] = useState('')
  const client = useQueryClient()
  const remove = useMutation({
    mutationFn: () => call('deleteConnection', { params: { id: connection.id } }),
    onSuccess: async () => {
      close()
      done(`${connection.name} was deleted.`)
      await client.invalidateQueries({ queryKey: ['connections'] })
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (typed === connection.name) remove.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm">
          Its credentials are destroyed at once. Images and findings go after the retention time; decisions
          and the audit log stay.
        </Text>
        {remove.error === null ? null : <Failed error={remove.error} />}
        <TextInput
          label={`Type “${connection.name}” to delete it`}
          autoComplete="off"
          data-autofocus
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" color="red.9" disabled={typed !== connection.name} loading={remove.isPending}>
            Delete
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
