import { Button, FileButton, Group, Menu, Stack, Text, Title } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ImageDetail } from '../../../contract/index.ts'
import { call } from '../../api/client.ts'
import { imageDocumentsQuery } from '../../api/queries.ts'
import { TimeAgo } from '../../components/time-ago.tsx'
import { done, failed } from '../../components/toast.ts'
import { counted } from '../../lib/format.ts'

type Named = Pick<ImageDetail, 'id' | 'repository'>

/** What is in the image, as a file; the browser keeps it. */
export function SbomMenu({ image }: { image: Named }) {
  const name = image.repository.path.slice(image.repository.path.lastIndexOf('/') + 1)
  const address = (format: string): string => `/api/v1/images/${image.id}/sbom?format=${format}`
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>
          Download SBOM
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={address('cyclonedx')} download={`${name}.cdx.json`}>
          CycloneDX 1.6
        </Menu.Item>
        <Menu.Item component="a" href={address('spdx')} download={`${name}.spdx.json`}>
          SPDX 2.3
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** VEX statements on the image: what does not matter in it. */
export function VexDocuments({ image }: { image: Named }) {
  const { data } = useQuery(imageDocumentsQuery(image.id))
  const { upload, remove } = useDocumentActions(image.id)
  return (
    <section>
      <Group justify="space-between" gap="xs" mb={6}>
        <Title order={2} size="h3">
          VEX statements
        </Title>
        <FileButton accept="application/json,.json" onChange={(file) => file !== null && upload.mutate(file)}>
          {(props) => (
            <Button {...props} size="compact-sm" variant="default" loading={upload.isPending}>
              Upload VEX
            </Button>
          )}
        </FileButton>
      </Group>
      {data === undefined || data.items.length === 0 ? (
        <Text size="sm" c="dimmed">
          None. An OpenVEX, CycloneDX or CSAF document says which vulnerabilities do not matter in this image.
        </Text>
      ) : (
        <Stack gap={4}>
          {data.items.map((document) => (
            <Group key={document.id} gap="xs" justify="space-between" align="flex-start" wrap="nowrap">
              <Text size="sm" miw={0} className="wrap-anywhere">
                {document.name}{' '}
                <Text span inherit c="dimmed">
                  {document.format}, {counted(document.entries, 'statement')}, {document.uploadedBy},{' '}
                  <TimeAgo time={document.uploadedAt} />
                </Text>
              </Text>
              <Button
                size="compact-xs"
                variant="subtle"
                style={{ flexShrink: 0 }}
                aria-label={`Delete ${document.name}`}
                onClick={() => remove.mutate(document.id)}
              >
                Delete
              </Button>
            </Group>
          ))}
        </Stack>
      )}
    </section>
  )
}

function useDocumentActions(imageId: number) {
  const client = useQueryClient()
  const look = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: ['documents'] })
    await client.invalidateQueries({ queryKey: ['findings'] })
    await client.invalidateQueries({ queryKey: ['list', 'findings'] })
  }
  const upload = useMutation({
    mutationFn: async (file: File) => {
      const content = await file.text()
      return call('uploadDocument', {
        body: { kind: 'vex', name: file.name.slice(0, 200), content, imageId },
      })
    },
    onSuccess: (document) =>
      done(`${counted(document.entries, 'statement')} now hold for this image.`, document.name),
    onError: (error) => failed('The document was not taken', error),
    onSettled: look,
  })
  const remove = useMutation({
    mutationFn: (id: string) => call('deleteDocument', { params: { id } }),
    onError: (error) => failed('The document was not deleted', error),
    onSettled: look,
  })
  return { upload, remove }
}
