import * as model from '@aws-sdk/client-ecr'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/core/index.ts'
import { ecrProvider } from '../../../src/registries/providers/ecr/index.ts'
import { buildImage } from '../../../src/test-support/image-builder/index.ts'
import { type EcrWorld, startEcrWorld } from '../../../src/test-support/platforms/ecr/index.ts'
import { Cleanup, everything } from '../../../src/test-support/registry-client.ts'

// The model of the service as the SDK has it: [kind, namespace, name, traits, ...]; a structure goes on with the names of its
// members and their shapes, a list with the shape of its entries. Numbers are simple shapes, 64 + n is a list of them.
const kinds = { string: 0, number: 1, boolean: 2, timestamp: 4, list: 64 } as const
type Shape = number | readonly unknown[] | (() => Shape)

/** What of an answer the model does not have, or has in another form. */
function problems(shape: Shape, value: unknown, path: string): string[] {
  if (typeof shape === 'function') return problems(shape(), value, path)
  if (typeof shape === 'number') return simpleProblems(shape, value, path)
  if (shape[0] === 0) return problems(shape[4] as Shape, value, path)
  if (shape[0] === 1) return listProblems(shape[4] as Shape, value, path)
  if (shape[0] !== 3 && shape[0] !== -3) throw new Error(`unknown shape at ${path}`)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: no structure`]
  const names = shape[4] as readonly string[]
  const shapes = shape[5] as readonly Shape[]
  return Object.entries(value).flatMap(([name, inner]) => {
    const member = shapes[names.indexOf(name)]
    return member === undefined
      ? [`${path}.${name}: not in the model`]
      : problems(member, inner, `${path}.${name}`)
  })
}

function listProblems(shape: Shape, value: unknown, path: string): string[] {
  if (!Array.isArray(value)) return [`${path}: no list`]
  return value.flatMap((entry, index) => problems(shape, entry, `${path}[${index}]`))
}

function simpleProblems(shape: number, value: unknown, path: string): string[] {
  if (shape >= kinds.list) return listProblems(shape - kinds.list, value, path)
  const wanted = { 0: 'string', 1: 'number', 2: 'boolean', 4: 'number' }[shape]
  if (wanted === undefined) throw new Error(`unknown shape ${shape} at ${path}`)
  return typeof value === wanted ? [] : [`${path}: ${typeof value}, not ${wanted}`]
}

const shapes = model as unknown as Readonly<Record<string, Shape>>
const shapeOf = (name: string): Shape => {
  const shape = shapes[`${name}$`]
  if (shape === undefined) throw new Error(`the model has no ${name}`)
  return shape
}

const cleanup = new Cleanup()
afterEach(() => cleanup.close())

const image = buildImage({ layers: [{ files: { a: 'a' } }] })

async function start(): Promise<EcrWorld> {
  const world = cleanup.keep(await startEcrWorld({ pageSize: 1 }))
  world.push('acme/api', '1', image, Date.UTC(2026, 0, 1))
  world.push('acme/api', '2', buildImage({ layers: [{ files: { b: 'b' } }] }), Date.UTC(2026, 0, 2))
  world.addRepository('acme/empty')
  return world
}

async function useAll(world: EcrWorld, fields: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const settings = { ...world.settings, ...fields }
  const environment = { http: world.internet.http, clock: systemClock }
  const connector = cleanup.keep(ecrProvider.open(settings, environment))
  await connector.check()
  await everything(connector.repositories()).catch(() => undefined)
  for (const name of ['acme/api', 'acme/empty', 'acme/gone'])
    await everything(connector.tags(name)).catch(() => undefined)
  await everything(connector.tags('acme/api', { cursor: 'of nobody' })).catch(() => undefined)
}

describe('the faked API', () => {
  it('answers as the model of the SDK says', async () => {
    const world = await start()
    await useAll(world)
    const answers = world.answers.filter(({ status }) => status === 200)
    expect(new Set(answers.map(({ action }) => action))).toEqual(
      new Set(['GetAuthorizationToken', 'DescribeRepositories', 'DescribeImages']),
    )
    for (const { action, body } of answers)
      expect(problems(shapeOf(`${action}Response`), body, action)).toEqual([])
  })

  it('fails with errors that the model has, or that all services of AWS share', async () => {
    const world = await start()
    await useAll(world)
    await useAll(world, world.keyFor([]))
    await useAll(world, world.wrongSettings)
    world.throttle(1)
    await useAll(world)
    const shared = ['AccessDeniedException', 'InvalidSignatureException', 'ThrottlingException']
    const seen = new Set<string>()
    for (const { status, body } of world.answers.filter((answer) => answer.status !== 200)) {
      expect(status).toBe(400)
      const { __type, ...rest } = body as { readonly __type: string }
      seen.add(__type)
      if (!shared.includes(__type)) expect(problems(shapeOf(__type), rest, __type)).toEqual([])
    }
    expect([...seen].toSorted()).toEqual(
      [...shared, 'InvalidParameterException', 'RepositoryNotFoundException'].toSorted(),
    )
  })

  it('is checked by something that sees what is wrong', () => {
    const shape = shapeOf('DescribeImagesResponse')
    expect(problems(shape, { imageDetails: [{ imageTags: ['a', 5] }] }, 'x')).toHaveLength(1)
    expect(problems(shape, { imageDetails: [{ imagePushedAt: '2026' }] }, 'x')).toHaveLength(1)
    expect(problems(shape, { images: [] }, 'x')).toHaveLength(1)
  })
})
