import { describe, expect, it } from 'vitest'
import { nameAt, placeOf } from './places.ts'

describe('places of repositories', () => {
  it('are at the host of the connector', () => {
    const connector = { host: 'registry.example.com' }
    const place = { host: 'registry.example.com', path: 'acme/api' }
    expect(placeOf(connector, 'acme/api')).toEqual(place)
    expect(nameAt(connector, place)).toBe('acme/api')
  })

  it('begin with their host where a connector spans several, whatever their path begins with', () => {
    const connector = { host: 'example.com', spansHosts: true }
    const place = { host: 'eu.example.com', path: 'example.org/project/api' }
    expect(placeOf(connector, 'eu.example.com/example.org/project/api')).toEqual(place)
    expect(nameAt(connector, place)).toBe('eu.example.com/example.org/project/api')
  })
})
