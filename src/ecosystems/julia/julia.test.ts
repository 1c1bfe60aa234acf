import { describe, expect, it } from 'vitest'
import { julia } from './index.ts'

const [analyzer] = julia.analyzers
const manifest = `
julia_version = "1.9.0"
manifest_format = "2.0"

[[deps.HTTP]]
deps = ["Dates", "URIs"]
uuid = "cd3eb016-35fb-5094-929b-558a96fad6f3"
version = "1.9.0"

[[deps.Dates]]
uuid = "ade2ca70-3891-5945-98fb-dc099432e06a"

[[deps.URIs]]
uuid = "5c2747f8-b7ea-4ff2-ba2e-563bfd36b1d4"
version = "1.4.2"

[[deps.Test]]
uuid = "8dfed614-e22c-5e08-85e1-65c5234f0b40"
`
const project = `
[deps]
HTTP = "cd3eb016-35fb-5094-929b-558a96fad6f3"
[extras]
Test = "8dfed614-e22c-5e08-85e1-65c5234f0b40"
`

function listed(files: Readonly<Record<string, string>>): string[] {
  const facts = Object.entries(files).flatMap(
    ([path, text]) => analyzer?.read(path, new TextEncoder().encode(text)) ?? [],
  )
  return (analyzer?.finish?.(facts) ?? []).flatMap((fact) =>
    fact.kind === 'packages' ? fact.packages.map(({ name, version }) => `${name} ${version}`) : [],
  )
}

describe('a Julia environment', () => {
  it('lists what the project needs, the standard library with the version of Julia', () => {
    expect(listed({ 'a/Manifest.toml': manifest, 'a/Project.toml': project }).sort()).toEqual([
      'Dates 1.9.0',
      'HTTP 1.9.0',
      'URIs 1.4.2',
    ])
  })

  it('is none without a project beside it', () => {
    expect(listed({ 'a/Manifest.toml': manifest, 'b/Project.toml': project })).toEqual([])
  })

  it('may name a dependency very often', () => {
    const often = manifest.replace('"URIs"]', `${'"URIs", '.repeat(300_000)}]`)
    expect(listed({ 'Manifest.toml': often, 'Project.toml': project })).toHaveLength(3)
  })

  it('may have the older form, with dependencies by UUID', () => {
    const old = `
[[HTTP]]
uuid = "cd3eb016-35fb-5094-929b-558a96fad6f3"
version = "1.0.0"
  [HTTP.deps]
  URIs = "5c2747f8-b7ea-4ff2-ba2e-563bfd36b1d4"
[[URIs]]
uuid = "5c2747f8-b7ea-4ff2-ba2e-563bfd36b1d4"
version = "1.4.2"
`
    expect(listed({ 'Manifest.toml': old, 'Project.toml': project })).toEqual(['HTTP 1.0.0', 'URIs 1.4.2'])
  })

  it('has packages with their UUID in the purl', () => {
    const context = { os: null, repository: null, buildInfo: null }
    expect(julia.describe({ name: 'HTTP', version: '1.9.0', uuid: 'cd3e' }, context).purl).toBe(
      'pkg:julia/HTTP@1.9.0?uuid=cd3e',
    )
  })
})
