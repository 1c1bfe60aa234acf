import { describe, expect, it } from 'vitest'
import { isCentralVersions, parseCentralVersions } from './central-versions-analyzer.ts'
import { parseDependencies } from './dependencies-analyzer.ts'
import { nuget } from './index.ts'
import { parseLockFile } from './lists-analyzer.ts'
import { parsePackagesConfig } from './packages-config.ts'

const spelled = (facts: readonly { name: string; version: string }[]): string[] =>
  facts.map(({ name, version }) => `${name} ${version}`)

describe('Directory.Packages.props', () => {
  const group = (...entries: string[]): string =>
    `<?xml version="1.0"?>\n<Project xmlns="x">\n<ItemGroup>${entries.join('\n')}</ItemGroup>\n</Project>`
  const read = (text: string): string[] => spelled(parseCentralVersions(text))

  it('gives versions that are stated in so many words, each once', () => {
    const text = group(
      '<PackageVersion Include="A " Version=" 1.0" />',
      '<PackageReference Update="B" Version="2.0"></PackageReference>',
      '<PackageReference Update="old" Include="C" Version="3.0"/>',
      '<PackageVersion Include="A" Version="1.0"/>',
    )
    expect(read(text)).toEqual(['A 1.0', 'B 2.0', 'C 3.0'])
    expect(read(text.replace('<ItemGroup>', '<ItemGroup/><ItemGroup Label="x">'))).toEqual(read(text))
  })

  it('gives nothing where a name or version is missing, or behind a variable', () => {
    const entries = [
      '<PackageVersion Include="A" />',
      '<PackageVersion Include="" Version="1"/>',
      '<PackageVersion Include="A" Version="$(Variable)"/>',
      '<PackageVersion Include="$(Variable)" Version="1"/>',
      '<Other Include="A" Version="1"/>',
    ]
    expect(read(group(...entries))).toEqual([])
    expect(read('<Project><PackageVersion Include="A" Version="1"/></Project>'), 'in no group').toEqual([])
  })

  it.each(['', '<packages/>', '<Project>', '<Project><ItemGroup></Project>'])('is refused: %j', (text) => {
    expect(() => read(text)).toThrow(SyntaxError)
  })

  it('is known by its name, whatever the case', () => {
    expect(isCentralVersions('src/directory.packages.PROPS')).toBe(true)
    expect(isCentralVersions('src/Directory.Build.props')).toBe(false)
  })
})

describe('*.deps.json', () => {
  const libraries = {
    'App/1.0.0': { type: 'project' },
    'Newtonsoft.Json/13.0.1': { type: 'package' },
    'Compile.Only/2.0.0': { type: 'Package' },
    'Not.In.Target/3.0.0': { type: 'package' },
    'runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/6.0.1': { type: 'runtimepack' },
    'Some.Reference/1.0.0': { type: 'reference' },
    nameless: { type: 'package' },
  }
  const targets = {
    '.NETCoreApp,Version=v6.0': {
      'App/1.0.0': { runtime: { 'App.dll': {} } },
      'Newtonsoft.Json/13.0.1': { runtime: {} },
      'Compile.Only/2.0.0': { compile: {} },
      'runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/6.0.1': { native: {} },
    },
  }
  const loaded = ['App 1.0.0', 'Newtonsoft.Json 13.0.1']
  const net = 'Microsoft.NETCore.App.Runtime.linux-x64 6.0.1'

  it('lists what the target that runs loads', () => {
    const text = JSON.stringify({ runtimeTarget: { name: '.NETCoreApp,Version=v6.0' }, targets, libraries })
    expect(spelled(parseDependencies(text))).toEqual([...loaded, 'Not.In.Target 3.0.0', net])
  })

  it('lists all without that target', () => {
    const all = [...loaded, 'Compile.Only 2.0.0', 'Not.In.Target 3.0.0', net]
    for (const more of [
      {},
      { targets },
      { targets, runtimeTarget: { name: 'other' } },
      { runtimeTarget: null },
    ]) {
      expect(spelled(parseDependencies(JSON.stringify({ ...more, libraries })))).toEqual(all)
    }
  })

  it.each([
    '',
    '[]',
    'null',
    '{"libraries":[]}',
    '{"libraries":{"a/1":{"type":1}}}',
    '\uFEFF{}',
  ])('fails on %j', (text) => {
    expect(() => parseDependencies(text)).toThrow()
  })

  it('takes names for data', () => {
    const text = '{"libraries":{"__proto__":{"type":"package"},"__proto__/1":{"type":"package"}}}'
    expect(spelled(parseDependencies(text))).toEqual(['__proto__ 1'])
  })
})

describe('packages.lock.json', () => {
  it('lists every framework, without projects', () => {
    const text = JSON.stringify({
      version: 1,
      dependencies: {
        '.NETCoreApp,Version=v5.0': { A: { type: 'Direct', resolved: '1.0.0' }, own: { type: 'Project' } },
        'net6.0': { B: { type: 'Transitive', resolved: '4.3.0.1' } },
      },
    })
    expect(spelled(parseLockFile(text))).toEqual(['A 1.0.0', 'B 4.3.0.1'])
  })
})

describe('packages.config', () => {
  it('lists its packages', () => {
    const text = `\uFEFF<?xml version="1.0" encoding="utf-8"?>
<!-- <package id="no" version="1"/> -->
<packages>
  <package id="Newtonsoft.Json" version='6.0.4' targetFramework="net45" />
  <package id="A&amp;B&#x41;" version="1.0"></package>
  <package id="&constructor;" version="&toString;" />
  <package id="Tool" version="1.0" developmentDependency="true" />
  <package version="1.0" /><other><package id="inner" version="1"/></other>
</packages> <trailing>`
    expect(spelled(parsePackagesConfig(text))).toEqual([
      'Newtonsoft.Json 6.0.4',
      'A&BA 1.0',
      '&constructor; &toString;',
    ])
  })

  it.each([
    '',
    '<a/>',
    '<packages>',
    '<packages><package></packages>',
    '<packages <',
    '<packages>< </packages>',
  ])('fails on %j', (text) => {
    expect(() => parsePackagesConfig(text)).toThrow(SyntaxError)
  })

  it('stays quick on hostile text', () => {
    for (const piece of ['<!--x>', '<![CDATA[', '<?', '<packages ', 'a="b', '<', ' ']) {
      expect(() => parsePackagesConfig(`<packages>${piece.repeat(100_000)}`)).toThrow(SyntaxError)
    }
  })
})

describe('a NuGet package', () => {
  it('is looked up in lower case, and its purl keeps the name', () => {
    const context = { os: null, repository: null, buildInfo: null }
    const fact = { name: 'Newtonsoft.Json', version: '13.0.1' }
    expect(nuget.subject?.(fact)).toMatchObject({ subject: { lookupKey: 'newtonsoft.json' } })
    expect(nuget.describe(fact, context).purl).toBe('pkg:nuget/Newtonsoft.Json@13.0.1')
  })
})
