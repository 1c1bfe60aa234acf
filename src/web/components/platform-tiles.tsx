import { SimpleGrid, Text } from '@mantine/core'
import type { RegistryPlatform } from '../../contract/index.ts'
import { useIsAdmin } from './admin.ts'
import { LinkPlain } from './links.tsx'
import classes from './platform-tiles.module.css'

/** Initials of a platform's label: no vendor's logo is ours to show. */
function initials(label: string): string {
  const words = label.split(/[\s./-]+/).filter((word) => /^[A-Za-z0-9]/.test(word))
  return words
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('')
}

/** A tile a platform; each leads to its form, for who may fill it in. */
export function PlatformTiles({ platforms }: { platforms: readonly RegistryPlatform[] }) {
  const isAdmin = useIsAdmin()
  return (
    <SimpleGrid type="container" cols={{ base: 1, '30rem': 2, '56rem': 3, '84rem': 4 }} spacing="sm">
      {platforms.map((platform) =>
        isAdmin ? (
          <LinkPlain
            key={platform.id}
            to="/settings/registry-connections/new"
            search={{ platform: platform.id }}
            className={classes['tile'] ?? ''}
          >
            <Tile platform={platform} />
          </LinkPlain>
        ) : (
          <div key={platform.id} className={classes['tile']}>
            <Tile platform={platform} />
          </div>
        ),
      )}
    </SimpleGrid>
  )
}

function Tile({ platform: { label, summary } }: { platform: RegistryPlatform }) {
  return (
    <>
      <span className={classes['initials']} aria-hidden>
        {initials(label)}
      </span>
      <span>
        <Text span size="sm" fw={600} display="block">
          {label}
        </Text>
        <Text span size="xs" c="dimmed" display="block" lineClamp={2}>
          {summary}
        </Text>
      </span>
    </>
  )
}
