import {
  type GoogleWorld,
  startGarWorld,
  startGcrWorld,
} from '../../../../src/test-support/platforms/google/index.ts'
import { type Fault, faultsOfAll, type FieldFault, type Scene } from '../scene.ts'

const api = 'artifactregistry'

/** @param listing what is asked first */
function faultsOf(world: GoogleWorld, listing: string): Fault[] {
  return [
    ...faultsOfAll,
    {
      name: 'a deleted key',
      settings: world.wrongSettings,
      step: 'sign-in',
      code: 'credentials-refused',
      says: ['Invalid JWT Signature'],
      todo: 'key',
    },
    {
      name: 'a clock that is wrong',
      arrange: () => {
        world.accounts.now = () => Date.now() + 7_200_000
        return () => {
          world.accounts.now = Date.now
        }
      },
      step: 'sign-in',
      code: 'credentials-refused',
      says: ['the clock of this server is wrong', 'Invalid JWT'],
      todo: 'NTP',
    },
    {
      name: 'nothing is allowed',
      settings: world.settingsOf('stranger'),
      step: 'list',
      code: 'permission-missing',
      says: [`${api}.${listing}`, 'PERMISSION_DENIED', world.accounts.email('stranger')],
      todo: 'roles/artifactregistry.reader',
    },
    {
      name: 'pulling is not allowed',
      settings: world.settingsOf('lister'),
      step: 'pull',
      code: 'permission-missing',
      says: ['not allowed to pull from'],
      todo: `${api}.repositories.downloadArtifacts on the repository, such as roles/artifactregistry.reader`,
    },
    {
      name: 'the API is switched off',
      arrange: () => {
        world.api.disabled = true
        return () => {
          world.api.disabled = false
        }
      },
      step: 'list',
      code: 'api-disabled',
      says: ['SERVICE_DISABLED'],
      todo: 'gcloud services enable artifactregistry.googleapis.com --project=acme-prod-1234',
    },
  ]
}

const fieldFaults: readonly FieldFault[] = [
  {
    name: 'a key that is none',
    settings: { serviceAccountJson: '{"type":"service_account"}' },
    field: 'Service Account JSON',
    says: 'key',
  },
  {
    name: 'the name of a project',
    settings: { projectId: 'My First Project' },
    field: 'Project ID',
    says: 'neither the name nor the number',
  },
]

const excessOf = (world: GoogleWorld) => ({
  settings: world.settingsOf('owner'),
  says: 'artifactregistry.repositories.uploadArtifacts',
  todo: 'Use credentials that may only read',
})

export async function garScene(): Promise<Scene> {
  const world = await startGarWorld()
  return {
    world,
    faults: [
      ...faultsOf(world, 'locations.list'),
      {
        name: 'a region that is none',
        settings: { region: 'mars-east1' },
        step: 'list',
        code: 'platform-not-found',
        says: ['mars-east1'],
        todo: 'Check the names in the form',
      },
    ],
    fieldFaults,
    excess: excessOf(world),
  }
}

export async function gcrScene(): Promise<Scene> {
  const world = await startGcrWorld()
  return {
    world,
    faults: faultsOf(world, 'dockerimages.list'),
    fieldFaults,
    excess: excessOf(world),
  }
}
