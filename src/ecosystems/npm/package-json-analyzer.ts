import type { Analyzer, LayerFact, PackageFact } from '../../indexing/index.ts'
import {
  decodeGoObject,
  decodeText,
  isOutsideOfPrograms,
  jsonObject,
  jsonObjectField,
  jsonTextField,
} from '../index.ts'

/** Reads every package.json with a name and a version, as Trivy does in images: a manifest that is there is taken as installed. */
export const packageJsonAnalyzer: Analyzer = {
  id: 'npm-package-json',
  version: 2,
  maxSize: 16 * 1024 * 1024,
  wants: ({ path }) =>
    (path.endsWith('/package.json') || path === 'package.json') && !isOutsideOfPrograms(path),
  read: (path, content): LayerFact[] => {
    const fact = readPackageJson(decodeText(content))
    return fact === undefined
      ? []
      : [{ kind: 'packages', scope: 'language', ecosystem: 'npm', path, packages: [fact] }]
  },
}

/** Trivy, pkg/dependency/parser/nodejs/packagejson, nameRegexp. */
const validName = /^(?:@[\w.-]+\/)?[\w.-]+$/

/**
 * undefined without a name or a version. Trivy decodes into typed fields: one of a wrong type fails the file, and so does a name that
 * no package can have (those of templates, `<%= name %>`).
 * @throws SyntaxError, TypeError for what it fails on
 */
export function readPackageJson(text: string): PackageFact | undefined {
  const fields = decodeGoObject(text, 'package.json')
  if (fields === null) return undefined
  const name = jsonTextField(fields, 'name')
  const version = jsonTextField(fields, 'version')
  checkOtherFields(fields)
  if (name !== '' && !validName.test(name)) throw new TypeError('"name" is no name of a package')
  if (name === '' || version === '') return undefined
  const license = licenseOf(fields.get('license'))
  return { name, version, ...(license === '' ? {} : { licenses: [license] }) }
}

/** Fields that nothing here uses and that fail the file in Trivy when they have another type (old packages have lists). */
function checkOtherFields(fields: ReadonlyMap<string, unknown>): void {
  for (const name of ['dependencies', 'optionaldependencies', 'devdependencies']) {
    const values = Array.from(jsonObjectField(fields, name).values())
    if (!values.every(isStringOrNull)) {
      throw new TypeError(`"${name}" is not a map of strings`)
    }
  }
}

/** A word, or the older `{ "type": "MIT" }`. */
function licenseOf(value: unknown): string {
  const object = jsonObject(value)
  const word = object === undefined ? value : object.get('type')
  return typeof word === 'string' ? word : ''
}

function isStringOrNull(value: unknown): boolean {
  return typeof value === 'string' || value === null
}
