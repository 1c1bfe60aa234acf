import type { DatabaseRows } from '../../../src/test-support/vulnerability-database/index.ts'

const github = 'nuget::GitHub Security Advisory NuGet'

/** NuGet: both spellings of a name, as trivy-db has them (0.44 looks up the one that is written). */
export const dotnetRows: DatabaseRows = {
  dataSources: [
    {
      bucket: github,
      id: 'ghsa',
      name: 'GitHub Security Advisory NuGet',
      url: 'https://github.com/advisories',
    },
  ],
  advisories: ['Newtonsoft.Json', 'newtonsoft.json']
    .flatMap((name) => [
      {
        bucket: github,
        package: name,
        id: 'CVE-2024-43001',
        vulnerableVersions: ['<13.0.1'],
        patchedVersions: ['13.0.1'],
      },
      { bucket: github, package: name, id: 'CVE-2024-43002', vulnerableVersions: ['>=7.0.0, <12.0.0'] },
    ])
    .concat(
      ['System.Net.Http', 'system.net.http'].flatMap((name) => [
        {
          bucket: github,
          package: name,
          id: 'CVE-2024-43003',
          vulnerableVersions: ['<4.3.0.2'],
          patchedVersions: ['4.3.0.2'],
        },
        {
          bucket: github,
          package: name,
          id: 'CVE-2024-43004',
          vulnerableVersions: ['<4.3.0.1'],
          patchedVersions: ['4.3.0.1'],
        },
      ]),
      ['Compile.Only', 'compile.only'].flatMap((name) => [
        {
          bucket: github,
          package: name,
          id: 'CVE-2024-43005',
          vulnerableVersions: ['<3'],
          patchedVersions: ['3'],
        },
        {
          bucket: github,
          package: name,
          id: 'CVE-2024-43006',
          vulnerableVersions: ['<1'],
          patchedVersions: ['1'],
        },
      ]),
      ['Microsoft.NETCore.App.Runtime.linux-x64', 'microsoft.netcore.app.runtime.linux-x64'].flatMap(
        (name) => [
          {
            bucket: github,
            package: name,
            id: 'CVE-2024-43007',
            vulnerableVersions: ['>=6.0.0, <6.0.2'],
            patchedVersions: ['6.0.2'],
          },
          {
            bucket: github,
            package: name,
            id: 'CVE-2024-43008',
            vulnerableVersions: ['<6.0.0'],
            patchedVersions: ['6.0.0'],
          },
        ],
      ),
    ),
  details: [{ id: 'CVE-2024-43001', vendorSeverity: { ghsa: 'HIGH' } }],
}
