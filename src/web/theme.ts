import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const sea: MantineColorsTuple = [
  '#e8f4f8',
  '#d3e8f0',
  '#a6d1e1',
  '#75b8d0',
  '#4fa4c2',
  '#2f90b3',
  '#157a9e',
  '#0e6a8b',
  '#0b5672',
  '#074259',
]

const gray: MantineColorsTuple = [
  '#f5f7f9',
  '#ecf0f3',
  '#e0e6ea',
  '#d0d8dd',
  '#b3bfc6',
  '#84939d',
  '#536570',
  '#41515b',
  '#2a373f',
  '#16232b',
]

const dark: MantineColorsTuple = [
  '#d9e2e7',
  '#b9c7cf',
  '#94a6b1',
  '#667985',
  '#2d3c46',
  '#22303a',
  '#19252d',
  '#10191f',
  '#0c1418',
  '#080e11',
]

export const theme = createTheme({
  primaryColor: 'sea',
  primaryShade: { light: 7, dark: 6 },
  colors: { sea, gray, dark },
  black: '#16232b',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.25rem', lineHeight: '1.35' },
      h2: { fontSize: '1rem', lineHeight: '1.4' },
      h3: { fontSize: '0.875rem', lineHeight: '1.45' },
    },
  },
  components: {
    Button: { defaultProps: { size: 'xs', fw: 500 } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 'md' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Tooltip: { defaultProps: { openDelay: 250, withArrow: true, multiline: true, maw: 420 } },
    // Its placeholder is no item, and so not allowed in a menu.
    // A menu that hides when its row moves away takes the focus with it.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false, hideDetached: false } },
    // Inside a dialog a header is no banner of the page.
    DrawerHeader: { defaultProps: { role: 'presentation' } },
    ModalHeader: { defaultProps: { role: 'presentation' } },
    Drawer: { defaultProps: { transitionProps: { duration: 150 } } },
    Modal: { defaultProps: { transitionProps: { duration: 150 }, centered: true } },
  },
})

/** Mantine's quiet colours, made strong enough for WCAG AA on every surface that we use. */
export const cssVariables: CSSVariablesResolver = (theme) => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': theme.colors.gray[6],
    '--mantine-color-placeholder': theme.colors.gray[6],
    '--mantine-color-error': '#b42318',
    '--mantine-color-anchor': theme.colors['sea']?.[7] ?? '',
  },
  dark: {
    '--mantine-color-dimmed': theme.colors.dark[2],
    '--mantine-color-placeholder': theme.colors.dark[2],
    '--mantine-color-error': '#ff8a80',
    '--mantine-color-anchor': theme.colors['sea']?.[3] ?? '',
  },
})
