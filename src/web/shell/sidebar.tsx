import { CloseButton, Group } from '@mantine/core'
import {
  IconActivity,
  IconBuildingLighthouse,
  IconCompass,
  IconListSearch,
  IconStack2,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { LinkNav } from '../components/links.tsx'
import { Mark } from './brand.tsx'
import { DatabaseAge } from './database-age.tsx'
import classes from './shell.module.css'

const PAGES = [
  { to: '/', label: 'Overview', icon: IconCompass },
  { to: '/settings/registry-connections', label: 'Registries', icon: IconBuildingLighthouse },
  { to: '/images', label: 'Images', icon: IconStack2 },
  { to: '/findings', label: 'Findings', icon: IconListSearch },
  { to: '/activity', label: 'Activity', icon: IconActivity },
] as const

export function Sidebar({ close }: { close: () => void }) {
  return (
    <>
      <Group justify="space-between" wrap="nowrap" pr="xs">
        <Link to="/" className={classes['brand']}>
          <Mark />
          Portolan
        </Link>
        <CloseButton hiddenFrom="sm" aria-label="Close the menu" onClick={close} />
      </Group>
      <div className={classes['links']}>
        {PAGES.map(({ to, label, icon: Icon }) => (
          <LinkNav
            key={to}
            to={to}
            label={label}
            className={classes['link'] ?? ''}
            onClick={close}
            activeOptions={{ exact: to === '/', includeSearch: false }}
            leftSection={<Icon size={17} stroke={1.7} aria-hidden />}
          />
        ))}
      </div>
      <div className={classes['foot']}>
        <DatabaseAge />
      </div>
    </>
  )
}
