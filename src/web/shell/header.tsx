import { ActionIcon, Burger, Group, Kbd, Menu, Text, Tooltip, UnstyledButton } from '@mantine/core'
import { IconKeyboard, IconSearch, IconSettings } from '@tabler/icons-react'
import { LinkMenuItem } from '../components/links.tsx'
import { AccountMenu } from './account-menu.tsx'
import classes from './shell.module.css'
import { ThemeMenu } from './theme-menu.tsx'

export interface HeaderProps {
  menuOpen: boolean
  toggleMenu: () => void
  search: () => void
  help: () => void
}

export function Header({ menuOpen, toggleMenu, search, help }: HeaderProps) {
  return (
    <Group justify="space-between" wrap="nowrap" w="100%" gap="sm">
      <Group wrap="nowrap" gap="xs" flex={1} miw={0}>
        <Burger
          opened={menuOpen}
          onClick={toggleMenu}
          hiddenFrom="sm"
          size="sm"
          aria-label={menuOpen ? 'Close the menu' : 'Open the menu'}
          aria-expanded={menuOpen}
        />
        <UnstyledButton className={classes['search'] ?? ''} onClick={search} aria-keyshortcuts="/ Control+K">
          <IconSearch size={15} aria-hidden />
          <Text span size="sm" flex={1} truncate>
            Search
            <Text span inherit visibleFrom="sm">
              {' '}
              images, digests, CVEs, connections
            </Text>
          </Text>
          <Kbd size="xs" visibleFrom="sm" aria-hidden>
            /
          </Kbd>
        </UnstyledButton>
      </Group>
      <Group gap={4} wrap="nowrap">
        <Tooltip label="Keyboard shortcuts (?)">
          <ActionIcon onClick={help} aria-label="Keyboard shortcuts" visibleFrom="sm">
            <IconKeyboard size={18} stroke={1.7} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <ThemeMenu />
        <Menu position="bottom-end" width={180}>
          <Menu.Target>
            <ActionIcon aria-label="Settings and integrations">
              <IconSettings size={18} stroke={1.7} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <LinkMenuItem to="/settings">Settings</LinkMenuItem>
            <LinkMenuItem to="/integrations">Integrations</LinkMenuItem>
          </Menu.Dropdown>
        </Menu>
        <AccountMenu />
      </Group>
    </Group>
  )
}
