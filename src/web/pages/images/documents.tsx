import { Button, FileButton, Group, Menu, Stack, Text, Title } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Fragment } from 'react'
import type { ImageDetail, SbomComparison, UploadedDocument } from '../../../contract/index.ts'
import { call } from '../../api/client.ts'
import { imageDocumentsQuery } from '../../api/queries.ts'
import { Failed, RowsSkeleton } from '../../components/faces.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import { done, failed } from '../../components/toast.ts'
import { comparisonWords } from '../../lib/comparison.ts'
import { counted, number } from '../../lib/format.ts'
import classes from './images.module.css'

type Named = Pick<ImageDetail, 'id' | 'repository' | 'platformDetails'>
type Documented = Pick<ImageDetail, 'id' | 'platformDetails'>

/** What is in the image, platform by platform, as a file; the browser keeps it. */
export function SbomMenu({ image }: { image: Named }) {
  const scanned = image.platformDetails.filter(({ scanStatus }) => scanStatus === 'Completed')
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>
          Download SBOM
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {scanned.length > 1 ? (
          scanned.map(({ platform, manifestDigest }) => (
            <Fragment key={manifestDigest}>
              <Menu.Label>{platform === '' ? 'unknown platform' : platform}</Menu.Label>
              <SbomItems image={image} platform={platform} digest={manifestDigest} />
            </Fragment>
          ))
        ) : (
          <SbomItems image={image} />
        )}
      </Menu.Dropdown>
    </Menu>
  )
}

interface SbomItemsProps {
  image: Named
  platform?: string
  digest?: string
}

function SbomItems({ image, platform = '', digest }: SbomItemsProps) {
  const path = image.repository.path
  const name = [path.slice(path.lastIndexOf('/') + 1), ...platform.split('/')].filter(Boolean).join('-')
  const label = (format: string): string => [format, platform].filter(Boolean).join(' of ')
  const address = `/api/v1/images/${image.id}/sbom?${digest === undefined ? '' : `digest=${digest}&`}format=`
  return (
    <>
      <Menu.Item
        component="a"
        href={`${address}cyclonedx`}
        download={`${name}.cdx.json`}
        aria-label={label('CycloneDX 1.6')}
      >
        CycloneDX 1.6
      </Menu.Item>
      <Menu.Item
        component="a"
        href={`${address}spdx`}
        download={`${name}.spdx.json`}
        aria-label={label('SPDX 2.3')}
      >
        SPDX 2.3
      </Menu.Item>
    </>
  )
}

/** VEX statements on the image: what does not matter in it. */
export function VexDocuments({ image }: { image: Documented }) {
  const { upload } = useDocumentActions(image.id)
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
      <VexList image={image} />
    </section>
  )
}

/** None is a statement of its own: it is made only when the documents were read. */
function VexList({ image }: { image: Documented }) {
  const { data, error, refetch } = useQuery(imageDocumentsQuery(image.id))
  const { remove } = useDocumentActions(image.id)
  if (data === undefined) {
    return error === null ? (
      <RowsSkeleton rows={1} height={28} />
    ) : (
      <Failed error={error} retry={() => void refetch()} title="The documents could not be read" />
    )
  }
  const documents = data.items.filter(({ kind }) => kind === 'vex')
  if (documents.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        None. An OpenVEX, CycloneDX or CSAF document says which vulnerabilities do not matter in this image.
      </Text>
    )
  }
  return (
    <Stack gap={4}>
      {documents.map((document) => (
        <Group key={document.id} gap="xs" justify="space-between" align="flex-start" wrap="nowrap">
          <DocumentLine image={image} document={document} />
          {document.source === 'attached' ? null : (
            <Button
              size="compact-xs"
              variant="subtle"
              style={{ flexShrink: 0 }}
              aria-label={`Delete ${document.name}`}
              onClick={() => remove.mutate(document.id)}
            >
              Delete
            </Button>
          )}
        </Group>
      ))}
    </Stack>
  )
}

/** SBOMs that somebody attached to the image in its registry, against what the scan found. */
export function AttachedSboms({ image }: { image: Documented }) {
  const { data } = useQuery(imageDocumentsQuery(image.id))
  const sboms = data?.items.filter(({ comparison }) => comparison !== null) ?? []
  if (sboms.length === 0) return null
  return (
    <section>
      <Title order={2} size="h3" mb={6}>
        SBOMs attached to the image
      </Title>
      <Stack gap="xs">
        {sboms.map((document) => (
          <div key={document.id}>
            <DocumentLine image={image} document={document} />
            {document.comparison === null ? null : <Comparison comparison={document.comparison} />}
          </div>
        ))}
      </Stack>
    </section>
  )
}

function DocumentLine({ image, document }: { image: Documented; document: UploadedDocument }) {
  const { name, format, entries, kind, source, uploadedBy, uploadedAt } = document
  const platform =
    image.platformDetails.length > 1
      ? image.platformDetails.find(({ manifestDigest }) => manifestDigest === document.manifestDigest)
          ?.platform
      : undefined
  const facts = [
    format,
    counted(entries, kind === 'vex' ? 'statement' : 'package'),
    platform,
    source === 'attached' ? 'not verified' : uploadedBy,
  ]
  return (
    <Text size="sm" miw={0} className="wrap-anywhere">
      {source === 'attached' && kind === 'sbom' ? 'SBOM attached' : name}{' '}
      <Text span inherit c="dimmed">
        {facts.filter(Boolean).join(', ')}, <TimeAgo time={uploadedAt} />
      </Text>
    </Text>
  )
}

function Comparison({ comparison }: { comparison: SbomComparison }) {
  const { onlyInSbom, onlyInImage, onlyInSbomPackages, onlyInImagePackages } = comparison
  return (
    <>
      <Text size="sm">{comparisonWords(comparison)}</Text>
      <PackageList title="Named, not found" total={onlyInSbom} purls={onlyInSbomPackages} />
      <PackageList title="Found, not named" total={onlyInImage} purls={onlyInImagePackages} />
    </>
  )
}

interface PackageListProps {
  title: string
  total: number
  purls: readonly string[]
}

function PackageList({ title, total, purls }: PackageListProps) {
  if (total === 0) return null
  return (
    <details>
      <Text component="summary" size="sm" c="dimmed">
        {title}: {number(total)}
      </Text>
      <ul className={classes['purls']}>
        {purls.map((purl) => (
          <li key={purl} className="mono wrap-anywhere">
            {purl}
          </li>
        ))}
        {total > purls.length ? <li>and {number(total - purls.length)} more</li> : null}
      </ul>
    </details>
  )
}

function useDocumentActions(imageId: number) {
  const client = useQueryClient()
  const look = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: ['documents'] })
    await client.invalidateQueries({ queryKey: ['images'] })
    await client.invalidateQueries({ queryKey: ['list', 'images'] })
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
