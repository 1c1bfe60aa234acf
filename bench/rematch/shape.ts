/** What stored images and databases of the benchmark agree on. */
export const spaces = [
  'debian 10',
  'debian 11',
  'debian 12',
  'ubuntu 20.04',
  'ubuntu 22.04',
  'ubuntu 24.04',
  'debian 9',
  'ubuntu 18.04',
  'debian 13',
  'ubuntu 16.04',
] as const

/** Source packages of each space, and libraries, that there are names for. */
export const OS_NAMES = 4_000
export const LIBRARY_NAMES = 40_000
