import { Secret } from '../../../../src/core/index.ts'
import { startGhcrWorld } from '../../../../src/test-support/platforms/ghcr/index.ts'
import { startGitlabWorld } from '../../../../src/test-support/platforms/gitlab/index.ts'
import { at, faultsOfAll, refusal, type Scene } from '../scene.ts'

const changed = <T>(tokens: Record<string, T>, settings: Readonly<Record<string, unknown>>, token: T) => {
  return () => {
    const secret = settings['token']
    const text = secret instanceof Secret ? String(secret.reveal()) : ''
    const before = tokens[text]
    tokens[text] = token
    return () => {
      if (before !== undefined) tokens[text] = before
    }
  }
}

export async function ghcrScene(): Promise<Scene> {
  const world = await startGhcrWorld()
  const as = (scopes: readonly string[] | null, ssoAuthorized = true) =>
    changed(world.tokens, world.settings, { login: 'octocat', scopes, ssoAuthorized })
  return {
    world,
    faults: [
      ...faultsOfAll,
      {
        name: 'a token that is wrong, or has expired',
        settings: world.wrongSettings,
        step: 'sign-in',
        code: 'credentials-refused',
        says: ['api.github.com does not accept this token'],
        todo: 'expired',
      },
      {
        name: 'a missing scope',
        settings: world.deniedSettings ?? {},
        step: 'list',
        code: 'permission-missing',
        says: ['read:packages'],
        todo: 'classic',
      },
      {
        name: 'a fine-grained token',
        arrange: as(null),
        step: 'list',
        code: 'token-kind-unsupported',
        says: ['Invalid argument'],
        todo: 'fine-grained',
      },
      {
        name: 'single sign-on',
        arrange: as(['read:packages'], false),
        step: 'list',
        code: 'permission-missing',
        says: ['SAML'],
        todo: 'Configure SSO',
      },
      {
        name: 'an owner that is not there',
        settings: { owner: 'nobody-here' },
        step: 'list',
        code: 'platform-not-found',
        says: ['nobody-here'],
        todo: 'User / Organization',
      },
      {
        name: 'a package that may not be read',
        out: at('acme%2F', refusal(403, { errors: [{ code: 'DENIED', message: 'denied' }] })),
        step: 'pull',
        code: 'permission-missing',
        says: ['acme/api'],
        todo: 'read role on the package',
      },
      {
        name: 'the host of another platform',
        settings: { apiUrl: 'https://ghcr.io/api/v3' },
        step: 'network',
        code: 'not-a-registry',
        says: ['ghcr.io'],
        todo: 'API URL',
      },
    ],
    excess: {
      arrange: as(['repo', 'write:packages']),
      says: 'repo, write:packages',
      todo: 'Use credentials that may only read',
    },
  }
}

export async function gitlabScene(): Promise<Scene> {
  const world = await startGitlabWorld()
  const as = (...scopes: string[]) =>
    changed(world.tokens, world.settings, { kind: 'personal' as const, scopes })
  const elsewhere = 'Bearer realm="https://evil.example/jwt/auth",service="container_registry"'
  return {
    world,
    faults: [
      ...faultsOfAll,
      {
        name: 'a wrong token',
        settings: world.wrongSettings,
        step: 'sign-in',
        code: 'credentials-refused',
        says: ['gitlab.com does not accept this username and token'],
        todo: 'expired or been revoked',
      },
      {
        name: 'the right to list is missing',
        settings: world.deniedSettings ?? {},
        step: 'list',
        code: 'permission-missing',
        says: ['read_api'],
        todo: 'read_registry alone lists nothing',
      },
      {
        name: 'the right to pull is missing',
        arrange: as('read_api'),
        step: 'pull',
        code: 'permission-missing',
        says: ['read_registry'],
        todo: 'read_registry',
      },
      {
        name: 'a namespace that is not there',
        settings: { namespace: 'nobody' },
        step: 'list',
        code: 'platform-not-found',
        says: ['nobody'],
        todo: 'amespace',
      },
      {
        name: 'an address that is shut out',
        out: at('gitlab.com/', {
          status: 403,
          headers: { 'content-type': 'text/plain' },
          body: 'Forbidden\n',
        }),
        step: 'sign-in',
        code: 'sign-in-blocked',
        says: ['after many failed sign-ins from one address'],
        todo: 'Nothing is sent until',
      },
      {
        name: 'a token server elsewhere',
        out: at('registry.gitlab.com/v2/', { status: 401, headers: { 'www-authenticate': elsewhere } }),
        step: 'sign-in',
        code: 'realm-untrusted',
        says: ['evil.example'],
        todo: 'GitLab URL',
      },
      {
        name: 'the registry in place of GitLab',
        settings: { gitlabUrl: 'https://registry.gitlab.com', registryUrl: 'https://registry.gitlab.com' },
        step: 'network',
        code: 'registry-answer-invalid',
        says: ['registry.gitlab.com'],
        todo: 'Check that the address is that of a registry',
      },
    ],
    fieldFaults: [
      {
        name: 'a registry without protection',
        settings: { registryUrl: 'http://registry.gitlab.com', allowPlainHttp: true },
        field: 'Allow plain HTTP',
        says: 'PORTOLAN_ALLOW_INSECURE_REGISTRIES',
      },
      {
        name: 'a deploy token, which cannot list',
        settings: { username: 'gitlab+deploy-token-7' },
        field: 'Repositories',
        says: 'A deploy token cannot list',
      },
    ],
    excess: {
      arrange: as('api', 'write_registry'),
      says: 'api, write_registry',
      todo: 'Use credentials that may only read',
    },
  }
}
