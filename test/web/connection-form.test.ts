import { describe, expect, it } from 'vitest'
import type { RegistryConnection, RegistryPlatform } from '../../src/contract/index.ts'
import { connectionInput, connectionPatch } from '../../src/contract/index.ts'
import { platforms } from '../../src/test-support/fake-api/index.ts'
import {
  draftOf,
  fieldErrors,
  inputOf,
  missing,
  NEW_DRAFT,
  patchOf,
  settingsChanged,
  settingsOf,
} from '../../src/web/lib/connection-form.ts'

const platform = platforms[0] as RegistryPlatform
const draft = {
  ...NEW_DRAFT,
  name: ' Harbour ',
  values: {
    url: ' https://r.example ',
    username: 'reader',
    password: ' secret ',
    repositories: 'a\n\n b \n',
  },
}
const connection: RegistryConnection = {
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  name: 'Harbour',
  platform: platform.id,
  platformLabel: platform.label,
  host: 'r.example',
  settings: { url: 'https://r.example', username: 'reader', repositories: ['a', 'b'], plainHttp: false },
  engine: 'portolan',
  secretFields: ['password'],
  status: 'Connected',
  statusReason: null,
  warnings: [],
  checkedAt: null,
  access: 'Private',
  enabled: true,
  insecure: false,
  scanIntervalHours: null,
  nextRunAt: null,
  selection: { latestTags: 5, include: ['team/*'], exclude: [], platforms: ['linux/amd64'] },
  lastDiscovery: null,
  progress: null,
  counts: { repositories: 0, images: 0, pending: 0, scanning: 0, completed: 0, failed: 0 },
  version: 7,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
}

describe('the form of a connection', () => {
  it('gives each kind of field as the API takes it; a secret stays as it was typed', () => {
    expect(settingsOf(platform.fields, draft)).toEqual({
      url: 'https://r.example',
      username: 'reader',
      password: ' secret ',
      repositories: ['a', 'b'],
      plainHttp: false,
    })
    expect(connectionInput.parse(inputOf(platform, draft)).name).toBe('Harbour')
  })

  it('names what is missing; a stored secret may stay empty', () => {
    expect(Object.keys(missing(platform.fields, NEW_DRAFT))).toEqual(['name', 'url', 'username', 'password'])
    const kept = { ...draft, values: { ...draft.values, password: '' } }
    expect(missing(platform.fields, kept, ['password'])).toEqual({})
  })

  it('an edit that leaves the settings alone sends none of them', () => {
    const opened = draftOf(connection, platform.fields)
    expect(opened.values['password']).toBe('')
    expect(settingsChanged(connection, platform, opened)).toBe(false)
    const patch = patchOf(connection, platform, { ...opened, scanIntervalHours: 6 })
    expect(connectionPatch.parse(patch)).toEqual({
      version: 7,
      name: 'Harbour',
      scanIntervalHours: 6,
      selection: { latestTags: 5, include: ['team/*'], exclude: [], platforms: ['linux/amd64'] },
      engine: 'portolan',
    })
  })

  it('an edit of the settings sends all that are known, without the empty secret', () => {
    const opened = draftOf(connection, platform.fields)
    const patch = patchOf(connection, platform, {
      ...opened,
      values: { ...opened.values, url: 'https://other.example' },
    })
    expect(patch.settings).toEqual({
      url: 'https://other.example',
      username: 'reader',
      repositories: ['a', 'b'],
      plainHttp: false,
    })
  })

  it('finds the field that the server means', () => {
    const problem = { type: 'x', title: 'x', status: 400, detail: 'x', code: 'x' }
    expect(
      fieldErrors({ ...problem, fields: { 'settings.url': 'a', name: 'b', 'body.settings.token': 'c' } }),
    ).toEqual({
      url: 'a',
      name: 'b',
      token: 'c',
    })
    expect(fieldErrors(problem)).toEqual({})
  })
})
