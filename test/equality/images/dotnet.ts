import type { ImageListing } from '../../../src/test-support/image-builder/index.ts'

const name = '.NETCoreApp,Version=v6.0'
const library = (type: string): object => ({ type, serviceable: true, sha512: '' })

export const dotnetImages: Readonly<Record<string, ImageListing>> = {
  'dotnet-app': {
    layers: [
      {
        files: {
          'app/App.deps.json': JSON.stringify({
            runtimeTarget: { name, signature: '' },
            targets: {
              [name]: {
                'Newtonsoft.Json/12.0.1': { runtime: { 'lib/netstandard2.0/Newtonsoft.Json.dll': {} } },
                'System.Net.Http/4.3.0.1': { runtimeTargets: {} },
              },
            },
            libraries: {
              'Newtonsoft.Json/12.0.1': library('package'),
              'System.Net.Http/4.3.0.1': library('Package'),
              'Not.In.Target/1.0.0': library('package'),
              'Some.Reference/1.0.0': library('reference'),
            },
          }),
          'src/packages.lock.json': JSON.stringify({
            version: 1,
            dependencies: {
              'net5.0': {
                'Newtonsoft.Json': { type: 'Direct', requested: '[12.0.1, )', resolved: '12.0.1' },
                own: { type: 'Project' },
              },
              'net6.0': { 'Newtonsoft.Json': { type: 'Transitive', resolved: '12.0.1' } },
            },
          }),
          'old/packages.config':
            '<?xml version="1.0" encoding="utf-8"?>\n<packages>\n  <package id="Newtonsoft.Json" version="6.0.4" />\n  <package id="Tool" version="1.0" developmentDependency="true" />\n</packages>\n',
          'broken/packages.config': '<packages>',
          'broken/a.deps.json': '{"libraries": []}',
        },
      },
    ],
  },
  /** Read by Trivy since 0.48. */
  'dotnet-central-versions': {
    layers: [
      {
        files: {
          'src/Directory.Packages.props':
            '<?xml version="1.0" encoding="utf-8"?>\n<Project xmlns="http://schemas.microsoft.com/developer/msbuild/2003">\n  <PropertyGroup><Other>1</Other></PropertyGroup>\n  <ItemGroup>\n    <PackageVersion Include="Newtonsoft.Json " Version=" 12.0.1" />\n    <PackageVersion Include="Behind.Variable" Version="$(Other)" />\n  </ItemGroup>\n</Project>\n',
          'src/packages.lock.json': JSON.stringify({
            version: 1,
            dependencies: { 'net6.0': { 'Newtonsoft.Json': { type: 'Direct', resolved: '12.0.1' } } },
          }),
        },
      },
    ],
  },
  /** What only a compiler needs, the program itself, and .NET that comes along: as Trivy decides since 0.54 and later. */
  'dotnet-self-contained': {
    layers: [
      {
        files: {
          'app/App.deps.json': JSON.stringify({
            runtimeTarget: { name },
            targets: {
              [name]: {
                'App/1.0.0': { runtime: { 'App.dll': {} } },
                'Compile.Only/2.0.0': { compile: {} },
                'Newtonsoft.Json/12.0.1': { runtime: {} },
                'runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/6.0.1': { native: {} },
              },
            },
            libraries: {
              'App/1.0.0': library('project'),
              'Compile.Only/2.0.0': library('package'),
              'Newtonsoft.Json/12.0.1': library('package'),
              'runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/6.0.1': library('runtimepack'),
            },
          }),
        },
      },
    ],
  },
}
