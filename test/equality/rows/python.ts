import type { DatabaseRows } from '../../../src/test-support/vulnerability-database/index.ts'
import { rangesOf } from '../ranges.ts'

const github = 'pip::GitHub Security Advisory pip'
const seal = 'seal pip::Seal Security'
const osv = 'pip::Python Packaging Advisory Database'

const ranges = rangesOf(github, 41_000)

/** Python: names as the database spells them, and PEP 440. */
export const pythonRows: DatabaseRows = {
  dataSources: [
    {
      bucket: github,
      id: 'ghsa',
      name: 'GitHub Security Advisory pip',
      url: 'https://github.com/advisories',
    },
    { bucket: osv, id: 'osv', name: 'Python Packaging Advisory Database', url: 'https://github.com/pypa' },
  ],
  advisories: [
    ...ranges(
      'django',
      '<3.2.19',
      '>=3.2,<3.2.19',
      '<3.2.19,>=4.0',
      '~=3.2.0',
      '==3.2.*',
      '!=3.2.18',
      '===3.2.18',
      '3.2.18',
      '*',
    ),
    {
      bucket: github,
      package: 'django',
      id: 'CVE-2024-41900',
      vulnerableVersions: ['<3.2.19', '>=4.2,<4.2.8'],
      patchedVersions: ['3.2.19', '4.2.8'],
    },
    {
      bucket: osv,
      package: 'django',
      id: 'CVE-2024-41901',
      vulnerableVersions: ['=3.2.17', '=3.2.18', '=4.2.7'],
    },
    { bucket: osv, package: 'django', id: 'CVE-2024-41902', vulnerableVersions: ['<3.2.19 || nonsense'] },
    {
      bucket: github,
      package: 'jinja2',
      id: 'CVE-2024-41903',
      vulnerableVersions: ['<2.10.2'],
      patchedVersions: ['2.10.2'],
    },
    { bucket: osv, package: 'jinja2', id: 'CVE-2024-41904', patchedVersions: ['>=3.0'] },
    { bucket: github, package: 'ruamel.yaml', id: 'CVE-2024-41905', vulnerableVersions: ['<1'] },
    { bucket: github, package: 'ruamel-yaml', id: 'CVE-2024-41906', vulnerableVersions: ['<1'] },
    { bucket: github, package: 'flask-cors', id: 'CVE-2024-41907', vulnerableVersions: ['<3.0.9'] },
    { bucket: github, package: 'flask_cors', id: 'CVE-2024-41908', vulnerableVersions: ['<3.0.9'] },
    { bucket: github, package: 'Flask_Cors', id: 'CVE-2024-41909', vulnerableVersions: ['<3.0.9'] },
    { bucket: github, package: 'typing-extensions', id: 'CVE-2024-41910', vulnerableVersions: ['<=4.0'] },
    ...ranges(
      'pre',
      '<2.0',
      '>=2.0',
      '<2.0rc2',
      '>1.9',
      '<2.0.0beta1',
      '<3.0beta1',
      '<3.0b1',
      '==2.*',
      '~=2.0',
    ),
    ...ranges('post', '>1.0', '>=1.0', '<=1.0', '==1.0', '==1.0.*', '~=1.0', '>0.9'),
    ...ranges('dev', '<3.0', '>=3.0', '<3.0a1', '==3.0.*', '<=2.9'),
    ...ranges('epoch', '<2', '>=1!0.5', '==1!1.*'),
    ...ranges(
      'local',
      '==1.9.0',
      '==1.9.0+cu111',
      '>1.9.0',
      '<=1.9.0',
      '<1.9.1',
      '>=1.9.0+cu110',
      '===1.9.0+cu111',
    ),
    ...ranges('long', '==1.4.5', '~=1.4.5', '~=1.4.5.0', '==1.4.5.0.*', '==1.*'),
    ...ranges('odd', '<2005', '*'),
    { bucket: github, package: 'odd', id: 'CVE-2024-41911', vulnerableVersions: [''] },
    ...ranges('six', '<1.12'),
    ...ranges('pyyaml', '<5.4'),
    ...ranges('lxml', '<4.6.2'),
    ...ranges('zope.interface', '<5.1'),
    { bucket: github, package: 'rebuilt', id: 'CVE-2024-41920', vulnerableVersions: ['==4.2.8'] },
    { bucket: github, package: 'seal-django', id: 'CVE-2024-41921', vulnerableVersions: ['<5'] },
    { bucket: github, package: 'spam', id: 'CVE-2024-41922', vulnerableVersions: ['==4.2.8'] },
    {
      bucket: seal,
      package: 'rebuilt',
      id: 'CVE-2024-41923',
      vulnerableVersions: ['>=4.2.8+sp1, <4.2.8+sp9'],
    },
    { bucket: seal, package: 'rebuilt', id: 'CVE-2024-41924', vulnerableVersions: ['==4.2.8'] },
    { bucket: seal, package: 'seal-django', id: 'CVE-2024-41925', vulnerableVersions: ['<4.2.9'] },
    ...ranges('six', '>=1.16'),
    ...ranges('pip', '<19.2', '<21.1', '<23.3', '>=19.0b1,<23'),
    ...ranges('setuptools', '<65.5.1', '<78.1.1'),
    ...ranges('cryptography', '>=40,<99'),
    ...ranges('python-dateutil', '==2.9.0', '==2.9.0.post0', '<=2.9.0.post1'),
    ...ranges('urllib3', '!=2.6', '>=2'),
    ...ranges('requests', '~=2.0'),
    ...ranges('jinja2', '>=3,<3.1.7'),
  ],
  details: [
    { id: 'CVE-2024-41900', vendorSeverity: { ghsa: 'HIGH', nvd: 'CRITICAL' } },
    { id: 'CVE-2024-41901', vendorSeverity: { nvd: 'MEDIUM' } },
    { id: 'CVE-2024-41903', severity: 'LOW' },
  ],
}
