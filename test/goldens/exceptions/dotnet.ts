import type { Exception } from '../exception.ts'

const isOf = (row: object, name: string): boolean =>
  ('name' in row && row.name === name) ||
  ('package' in row && row.package === name) ||
  ('purl' in row && String(row.purl).startsWith(`pkg:nuget/${name}@`))

export const dotnetExceptions: readonly Exception[] = [
  {
    images: ['dotnet-central-versions'],
    trivy: '0.44.1',
    rule: '.NET: Directory.Packages.props and other *packages.props are read.',
    source: 'Trivy 0.48, aquasecurity/trivy#5605: "Packagesprops support"',
    covers: ({ side, row }) =>
      side === 'portolan' &&
      (('path' in row && row.path.endsWith('.props')) ||
        ('purl' in row && row.purl === 'pkg:nuget/Newtonsoft.Json@12.0.1')),
  },
  {
    images: ['dotnet-self-contained'],
    trivy: '0.44.1',
    rule: '.NET: a library of a *.deps.json that only a compiler needs is not there when the program runs.',
    source: 'Trivy 0.54, aquasecurity/trivy#7039: "don\'t include non-runtime libraries"',
    covers: ({ side, row }) => side === 'trivy' && isOf(row, 'Compile.Only'),
  },
  {
    images: ['dotnet-self-contained'],
    trivy: '0.44.1',
    rule: '.NET: the program itself and its own libraries are listed.',
    source: 'Trivy 0.68, aquasecurity/trivy#9726: "add dependency graph support for .deps.json files"',
    covers: ({ side, row }) => side === 'portolan' && isOf(row, 'App'),
  },
  {
    images: ['dotnet-self-contained'],
    trivy: '0.44.1',
    rule: 'The .NET that comes along with a program is a package.',
    source: 'Trivy 0.72, aquasecurity/trivy#10786: "detect bundled runtime in self-contained deployments"',
    covers: ({ side, row }) => side === 'portolan' && isOf(row, 'Microsoft.NETCore.App.Runtime.linux-x64'),
  },
]
