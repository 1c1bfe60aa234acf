import {
  type ArtifactRepository,
  byKey,
  fixedSurvey,
  type GoogleScope,
  projectPath,
} from '../../google/index.ts'

/** Where Artifact Registry keeps what each host serves (Artifact Registry, "Transition from Container Registry"). */
const locations: Readonly<Record<string, string>> = {
  'asia.gcr.io': 'asia',
  'eu.gcr.io': 'europe',
  'gcr.io': 'us',
  'us.gcr.io': 'us',
}

/** The four hosts of a project; one that it does not use is not there, which is no error. */
export function gcrScope(project: string): GoogleScope {
  const prefix = projectPath(project)
  const at = (host: string, location: string): ArtifactRepository => ({
    project,
    location,
    id: host,
    host,
    prefix,
    virtual: false,
  })
  const all = Object.entries(locations).map(([host, location]) => at(host, location))
  return {
    host: 'gcr.io',
    spansHosts: true,
    isHost: (host) => Object.hasOwn(locations, host),
    survey: () => Promise.resolve(fixedSurvey(all.sort(byKey))),
    find(host, path) {
      const repository = all.find((one) => one.host === host)
      const image = path.startsWith(`${prefix}/`) ? path.slice(prefix.length + 1) : ''
      return repository === undefined || image === '' ? undefined : { repository, image }
    },
  }
}

/** The image that a name of Artifact Registry's own means: `us-docker.pkg.dev/acme/gcr.io/api` is `gcr.io/acme/api`. */
export function asGcr(project: string, image: { readonly host: string; readonly path: string }) {
  const begin = `${projectPath(project)}/`
  const [id = '', ...rest] = image.path.startsWith(begin) ? image.path.slice(begin.length).split('/') : []
  const isOwn = Object.hasOwn(locations, id) && image.host === `${locations[id]}-docker.pkg.dev`
  return isOwn ? { host: id, path: `${begin}${rest.join('/')}` } : image
}
