import { beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../core/index.ts'
import { eachDatabase } from '../../test-support/databases/index.ts'
import { createTenancy, DEFAULT_ORGANISATION, type Tenancy } from './index.ts'

eachDatabase((_name, open) => {
  let tenancy: Tenancy
  beforeAll(async () => {
    tenancy = createTenancy(await open(), systemClock)
  })

  it('keeps organisations apart as soon as there are two, unless the operator says otherwise', async () => {
    const { id } = DEFAULT_ORGANISATION
    await tenancy.ensure(id)
    await tenancy.ensure(id)
    expect(await tenancy.isOneTrustDomain(id)).toBe(true)
    await tenancy.ensure('second')
    expect(await tenancy.isOneTrustDomain(id)).toBe(false)
    expect(await tenancy.isOneTrustDomain('second')).toBe(false)
    await tenancy.setOneTrustDomain('second', true)
    expect(await tenancy.isOneTrustDomain('second')).toBe(true)
    expect(await tenancy.isOneTrustDomain(id)).toBe(false)
    expect((await tenancy.list({ limit: 1 })).map((each) => each.id)).toEqual([id])
    expect((await tenancy.list({ after: id })).map((each) => each.id)).toEqual(['second'])
  })

  it('changes the settings that are given and leaves the others', async () => {
    await tenancy.ensure('settings')
    await tenancy.changeSettings('settings', { a: 1, b: { c: [2] } })
    const changed = await tenancy.changeSettings('settings', { a: 3 })
    expect(changed.settings).toEqual({ a: 3, b: { c: [2] } })
  })

  it('says that an organisation is not there', async () => {
    const expected = { code: 'organisation-not-found', kind: 'not-found' }
    await expect(tenancy.get('nobody')).rejects.toMatchObject(expected)
    await expect(tenancy.isOneTrustDomain('nobody')).rejects.toMatchObject(expected)
    await expect(tenancy.changeSettings('nobody', {})).rejects.toMatchObject(expected)
  })
})
