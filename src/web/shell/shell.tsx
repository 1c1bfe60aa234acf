import { AppShell, VisuallyHidden } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQueryClient } from '@tanstack/react-query'
import { Outlet, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { connect } from '../api/live.ts'
import { followEvents } from '../api/queries.ts'
import { Header } from './header.tsx'
import classes from './shell.module.css'
import { NotConnected } from './not-connected.tsx'
import { Shortcuts, useShortcuts } from './shortcuts.tsx'
import { Sidebar } from './sidebar.tsx'

const Palette = lazy(() => import('./palette.tsx').then((module) => ({ default: module.Palette })))

export const HEADER_HEIGHT = 48

/** Moves the focus to the title of a page that was navigated to, so that a screen reader says where one is. */
function useFocusOnNavigation(): void {
  const pathname = useRouterState({ select: (state) => state.resolvedLocation?.pathname })
  const before = useRef<string | undefined>(undefined)
  useEffect(() => {
    if (before.current !== undefined && pathname !== undefined && before.current !== pathname) {
      document.querySelector<HTMLElement>('[data-page-title]')?.focus({ preventScroll: true })
    }
    before.current = pathname
  }, [pathname])
}

function useLiveData(): void {
  const client = useQueryClient()
  useEffect(() => {
    const unfollow = followEvents(client)
    const disconnect = connect()
    return () => {
      unfollow()
      disconnect()
    }
  }, [client])
}

/** What stands around every page: sidebar, head, search, shortcuts. */
export function Shell() {
  const [menuOpen, menu] = useDisclosure(false)
  const [helpOpen, help] = useDisclosure(false)
  const [searches, setSearches] = useState(0)
  const search = () => setSearches((count) => count + 1)
  useShortcuts({ search, help: help.open })
  useLiveData()
  useFocusOnNavigation()

  return (
    <AppShell
      layout="alt"
      header={{ height: HEADER_HEIGHT }}
      navbar={{ width: 212, breakpoint: 'sm', collapsed: { mobile: !menuOpen } }}
      transitionDuration={0}
    >
      <a href="#main" className={classes['skip']}>
        Skip to content
      </a>
      <AppShell.Header className={classes['header'] ?? ''}>
        <Header menuOpen={menuOpen} toggleMenu={menu.toggle} search={search} help={help.open} />
      </AppShell.Header>
      <AppShell.Navbar className={classes['navbar'] ?? ''} aria-label="Main" component="nav">
        <Sidebar close={menu.close} />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} className={classes['main'] ?? ''}>
        <NotConnected />
        <Outlet />
      </AppShell.Main>
      <Shortcuts opened={helpOpen} close={help.close} />
      {searches === 0 ? null : (
        <Suspense>
          <Palette searches={searches} />
        </Suspense>
      )}
      <VisuallyHidden>
        <div id="announcer" aria-live="polite" />
      </VisuallyHidden>
    </AppShell>
  )
}
