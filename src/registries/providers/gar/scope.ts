import {
  type ArtifactRepository,
  byKey,
  fixedSurvey,
  type GoogleScope,
  projectPath,
} from '../../google/index.ts'
import { surveyLocations } from './locations.ts'
import type { GarSettings } from './schema.ts'

/** Stands for the registry hosts of all locations. */
const ALL_HOSTS = 'pkg.dev'
const HOST_END = '-docker.pkg.dev'

export function hostOf(location: string): string {
  return `${location}${HOST_END}`
}

/** @returns undefined for a host that is none of Artifact Registry's */
export function locationOf(host: string): string | undefined {
  const location = host.endsWith(HOST_END) ? host.slice(0, -HOST_END.length) : ''
  return /^[a-z][a-z0-9-]{0,40}$/.test(location) ? location : undefined
}

/** The Docker repositories of one location, or of all: there is no call that lists across locations. */
export function garScope({ project, location }: Pick<GarSettings, 'project' | 'location'>): GoogleScope {
  const at = (where: string, id: string, virtual: boolean): ArtifactRepository => {
    const prefix = `${projectPath(project)}/${id}`
    return { project, location: where, id, host: hostOf(where), prefix, virtual }
  }
  return {
    host: location === undefined ? ALL_HOSTS : hostOf(location),
    spansHosts: location === undefined,
    isHost: (host) => locationOf(host) !== undefined,
    async survey(api, memo, signal) {
      const dockerAt = async (where: string): Promise<ArtifactRepository[]> => {
        const items = await api.repositories(where, signal)
        const docker = items.filter(({ format }) => format === 'DOCKER')
        return docker.map(({ id, mode }) => at(where, id, mode === 'VIRTUAL_REPOSITORY'))
      }
      if (location !== undefined) return fixedSurvey((await dockerAt(location)).toSorted(byKey))
      return surveyLocations({ project, memo, all: () => api.locations(signal), at: dockerAt })
    },
    find(host, path) {
      const where = locationOf(host)
      const begin = `${projectPath(project)}/`
      if (where === undefined || !path.startsWith(begin)) return undefined
      const [id = '', ...image] = path.slice(begin.length).split('/')
      if (id === '' || image.length === 0) return undefined
      return { repository: at(where, id, false), image: image.join('/') }
    },
  }
}
