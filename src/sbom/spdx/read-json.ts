import { sbomError } from '../errors.ts'
import { type Json, objectsOf, textOf, textsOf } from '../json.ts'
import { SBOM_LIMITS } from '../limits.ts'
import type { SpdxDocument, SpdxPackage, SpdxRelationship } from './model.ts'

/** SPDX 2 as JSON. @throws AppError `sbom-too-large` (invalid) */
export function parseSpdxJson(json: Json): SpdxDocument {
  const packages = objectsOf(json['packages'])
  if (packages.length > SBOM_LIMITS.components) {
    throw sbomError('sbom-too-large', `The SBOM has more than ${SBOM_LIMITS.components} packages.`)
  }
  const described = textsOf(json['documentDescribes']).map(
    (to): SpdxRelationship => ({ from: 'SPDXRef-DOCUMENT', type: 'DESCRIBES', to }),
  )
  return {
    version: textOf(json['spdxVersion'], 20),
    namespace: textOf(json['documentNamespace']),
    name: textOf(json['name']),
    packages: packages.map(packageOf),
    files: new Map(
      objectsOf(json['files']).map((file) => [textOf(file['SPDXID']), textOf(file['fileName'])]),
    ),
    relationships: [
      ...described,
      ...objectsOf(json['relationships']).map((each) => ({
        from: textOf(each['spdxElementId']),
        type: textOf(each['relationshipType'], 50),
        to: textOf(each['relatedSpdxElement']),
      })),
    ],
  }
}

function packageOf(value: Json): SpdxPackage {
  const comments = objectsOf(value['annotations'])
    .slice(0, SBOM_LIMITS.details)
    .map(({ comment }) => textOf(comment))
  return {
    id: textOf(value['SPDXID']),
    name: textOf(value['name']),
    version: textOf(value['versionInfo']),
    purpose: textOf(value['primaryPackagePurpose'], 50),
    purl: purlOf(value['externalRefs']),
    license: textOf(value['licenseDeclared']),
    sourceInfo: textOf(value['sourceInfo']),
    remarks:
      comments.length > 0 ? comments : textsOf(value['attributionTexts']).slice(0, SBOM_LIMITS.details),
    files: textsOf(value['hasFiles']).slice(0, 1),
  }
}

function purlOf(references: unknown): string {
  const found = objectsOf(references).find(
    ({ referenceType, referenceCategory }) =>
      referenceType === 'purl' &&
      (referenceCategory === 'PACKAGE-MANAGER' || referenceCategory === 'PACKAGE_MANAGER'),
  )
  return textOf(found?.['referenceLocator'], 5000)
}
