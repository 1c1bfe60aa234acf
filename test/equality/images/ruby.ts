import type { ImageListing } from '../../../src/test-support/image-builder/index.ts'
import { dpkgStatus } from '../../../src/test-support/package-databases.ts'

const gems = 'usr/local/bundle/specifications'

/** As RubyGems writes it after an installation. */
function specification(name: string, version: string, ...lines: readonly string[]): string {
  return [
    '# -*- encoding: utf-8 -*-',
    `# stub: ${name} ${version} ruby lib`,
    '',
    'Gem::Specification.new do |s|',
    `  s.name = "${name}".freeze`,
    `  s.version = "${version}"`,
    '',
    '  s.required_rubygems_version = Gem::Requirement.new(">= 0".freeze) if s.respond_to? :required_rubygems_version=',
    '  s.require_paths = ["lib".freeze]',
    '  s.authors = ["Somebody".freeze]',
    ...lines,
    '  s.installed_by_version = "3.3.15" if s.respond_to? :installed_by_version',
    'end',
  ].join('\n')
}

function gem(name: string, version: string, ...lines: readonly string[]): Record<string, string> {
  return { [`${gems}/${name}-${version}.gemspec`]: specification(name, version, ...lines) }
}

export const rubyImages: Readonly<Record<string, ImageListing>> = {
  /** Installed and default gems, versions and requirements of every kind. */
  'ruby-gems': {
    layers: [
      {
        files: {
          ...gem('rack', '2.2.6.4', '  s.licenses = ["MIT".freeze]'),
          ...gem('rails', '7.0.4.2', '  s.license = "MIT"'),
          ...gem('nokogiri', '1.14.2', '  s.licenses = ["MIT".freeze, "Apache-2.0".freeze]'),
          ...gem('actionpack', '6.1.7.3'),
          ...gem('puma', '6.0.0.beta2'),
          ...gem('dashed', '1.0-rc1'),
          ...gem('zeros', '1.2.0.0'),
          ...gem('RedCloth', '4.2.9'),
          'usr/local/lib/ruby/gems/3.2.0/specifications/default/json-2.6.3.gemspec': specification(
            'json',
            '2.6.3',
          ),
          'usr/local/bundle/gems/rack-2.2.6.4/rack.gemspec': specification('rack', '2.2.6.4'),
          'usr/local/bundle/specifications/note.txt': 'not read',
        },
      },
    ],
  },
  /** Replaced and deleted in later layers; owned by dpkg. */
  'ruby-layers': {
    layers: [
      {
        files: {
          'etc/debian_version': '12.4\n',
          'var/lib/dpkg/status': dpkgStatus([{ name: 'ruby-rack', version: '2.2.6.4-1+deb12u1' }]),
          'var/lib/dpkg/info/ruby-rack.list':
            '/.\n/usr\n/usr/share\n/usr/share/rubygems-integration\n/usr/share/rubygems-integration/all\n/usr/share/rubygems-integration/all/specifications\n/usr/share/rubygems-integration/all/specifications/rack-2.2.6.4.gemspec\n',
          'usr/share/rubygems-integration/all/specifications/rack-2.2.6.4.gemspec': specification(
            'rack',
            '2.2.6.4',
          ),
          ...gem('rails', '7.0.4.2'),
          ...gem('nokogiri', '1.14.2'),
        },
      },
      {
        files: { ...gem('rails', '7.0.8.1'), ...gem('rack', '2.2.6.4') },
        whiteouts: [`${gems}/rails-7.0.4.2.gemspec`],
      },
      { files: { [`${gems}/nokogiri-1.14.2.gemspec`]: specification('nokogiri', '1.15.0') } },
    ],
  },
  /** Gems that Seal rebuilt: by a name, and by a version that may be anybody's. */
  'ruby-seal': {
    layers: [
      {
        files: {
          ...gem('seal-rack', '2.2.6'),
          ...gem('sealed', '2.0.7.0.1.sp1'),
          ...gem('pre-release', '2.0.7.0.1.sp1'),
        },
      },
    ],
  },
  /** Ruby in other forms: what is understood, and what is not. */
  'ruby-odd-specifications': {
    layers: [
      {
        files: {
          'x/specifications/a.gemspec':
            "Gem::Specification.new do |spec|\nspec.name = 'rack'\nspec.version = '2.2.6.4'\nend",
          'x/specifications/b.gemspec':
            'Gem::Specification.new { |s|\n  s.name="rack"\n  s.version="2.2.6.4"\n}',
          'x/specifications/c.gemspec':
            'Gem::Specification.new do |s|\n  s.name = "rack"\n  s.version = Gem::Version.new("2.2.6.4")\nend',
          'x/specifications/d.gemspec': 's.name = "rack"\ns.version = "2.2.6.4"\n',
          'x/specifications/e.gemspec': 'Gem::Specification.new do |s|\n  s.name = "rack"\nend',
          'x/specifications/f.gemspec':
            'Gem::Specification.new do |s|\n s.name = "rack"\n s.version = "2.2.6.4"\n s.version_requirement = 1\nend',
          'x/specifications/g.gemspec':
            'Gem::Specification.new do |s|\n s.name = "rack" # it\n s.version = "2.2.6.4"; s.x = 1\nend',
          'x/specifications/h.gemspec': `Gem::Specification.new do |s|\n s.name = "rack"\n s.version = "2.2.6.4"\n s.x = "${'y'.repeat(70_000)}"\nend`,
          'x/specifications/i.gemspec': `Gem::Specification.new do |s|\n s.name = "rack"\n s.version = "2.2.6.4"\n s.license = "MIT"\n s.x = "${'y'.repeat(70_000)}"\nend`,
          'x/specifications/j.gemspec':
            'Gem::Specification.new do |s|\n  s.name = "rack"\n  s.version = VERSION\nend',
          'x/specifications/sub/k.gemspec': specification('rack', '2.2.6.4'),
          'x/specifications/.gemspec': specification('rack', '2.2.6.4'),
          'specifications/l.gemspec': specification('rack', '2.2.6.4'),
          'y/rack.gemspec': specification('rack', '2.2.6.4'),
        },
      },
    ],
  },
}
