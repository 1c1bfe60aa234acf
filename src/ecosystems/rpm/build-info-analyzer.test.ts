import { describe, expect, it } from 'vitest'
import { buildInfoAnalyzer } from './build-info-analyzer.ts'
import { dockerfileLabels } from './dockerfile-labels.ts'

const read = (path: string, text: string) => buildInfoAnalyzer.read(path, Buffer.from(text))
const manifest = 'root/buildinfo/content_manifests/ubi8-container-8.7-1112.json'

describe('content manifests', () => {
  it('name the repositories that the layer was built from', () => {
    const text = JSON.stringify({ metadata: {}, content_sets: ['a', 'b', 3] })
    expect(read(manifest, text)).toEqual([{ kind: 'build-info', path: manifest, contentSets: ['a', 'b'] }])
  })

  it('that name none say nothing; broken ones fail', () => {
    for (const text of ['{}', '[]', 'null', '{"content_sets":[]}', '{"content_sets":"a"}']) {
      expect(read(manifest, text)).toEqual([])
    }
    expect(() => read(manifest, '{')).toThrow()
    const many = Array.from({ length: 10_000 }, (_, index) => `repository-${index}`)
    expect(() => read(manifest, JSON.stringify({ content_sets: many }))).toThrow('more repositories')
  })

  it('are in two folders, and nowhere below them', () => {
    const wants = (path: string): boolean => buildInfoAnalyzer.wants({ path, size: 1, mode: 0 })
    expect(wants(manifest)).toBe(true)
    expect(wants('usr/share/buildinfo/labels.json')).toBe(true)
    expect(wants('root/buildinfo/content_manifests/sub/a.json')).toBe(false)
    expect(wants('root/buildinfo/content_manifests/a.txt')).toBe(false)
    expect(wants('root/buildinfo/Dockerfile-ubi8-8.7-1112')).toBe(true)
    expect(wants('root/Dockerfile')).toBe(false)
  })
})

describe('Dockerfiles', () => {
  it('name the build, by their labels and their own name', () => {
    const path = 'root/buildinfo/Dockerfile-ubi8-minimal-8.7-1112'
    const text =
      'FROM x\nLABEL BZComponent="old"\nLABEL com.redhat.component=ubi8-minimal-container architecture=x86_64\n'
    expect(read(path, text)).toEqual([
      { kind: 'build-info', path, nvr: 'ubi8-minimal-container-8.7-1112', arch: 'x86_64' },
    ])
  })

  it('without the labels say what is missing', () => {
    const path = 'root/buildinfo/Dockerfile-a-1-1'
    expect(() => read(path, 'FROM x\nLABEL architecture=x86_64\n')).toThrow('com.redhat.component')
    expect(() => read(path, 'FROM x\nLABEL com.redhat.component=a\n')).toThrow('architecture')
    const long = `FROM x\nLABEL architecture=x86_64 com.redhat.component=${'a'.repeat(2000)}\n`
    expect(() => read(path, long)).toThrow('longer')
  })
})

describe('labels of a Dockerfile', () => {
  const labels = (text: string): string[] => dockerfileLabels(text).map(({ key, value }) => `${key}=${value}`)

  it('ends where variables double from line to line', () => {
    const doubling = Array.from({ length: 64 }, (_, line) => `ENV A${line + 1}=$A${line}$A${line}`)
    expect(() => labels(['ENV A0=x', ...doubling].join('\n'))).toThrow(/more text than/)
  })

  it('may go over lines with comments between, in quotes, and in the old form', () => {
    expect(labels('FROM x\nLABEL a="1 2" \\\n# comment\n\n  b=c\\ d\nlabel old a value\n')).toEqual([
      'a=1 2',
      'b=c d',
      'old=a value',
    ])
  })

  it('hold what ARG and ENV gave, as a shell would read them', () => {
    const text = [
      'ARG arch=x86_64',
      'FROM x',
      'ARG late=1',
      'ENV name=ubi8 full="$name-container"',
      'ENV old style',
      'LABEL a=${arch} b=\'$arch\' c="$full$late" d=${none:-else}${arch:+set} e=\\$arch f=${old}',
    ].join('\n')
    expect(labels(text)).toEqual(['a=x86_64', 'b=$arch', 'c=-container', 'd=elseset', 'e=$arch', 'f=style'])
  })

  it('of hostile files are read in linear time', () => {
    const text = `FROM x\nLABEL a="${'\\'.repeat(200_000)}\nLABEL ${'$'.repeat(200_000)}\nLABEL ${'"'.repeat(100_001)}`
    expect(Array.isArray(labels(text))).toBe(true)
    expect(labels(`FROM x\nLABEL a=${'${a:-'.repeat(200_000)}`)).toHaveLength(1)
  })
})
