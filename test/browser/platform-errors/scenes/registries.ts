import {
  hubAccounts,
  startDockerhubWorld,
  twoFactorAccount,
} from '../../../../src/test-support/platforms/dockerhub/index.ts'
import { startJfrogWorld } from '../../../../src/test-support/platforms/jfrog/index.ts'
import { startOciWorld } from '../../../../src/test-support/platforms/oci/index.ts'
import { quayTokens, startQuayWorld } from '../../../../src/test-support/platforms/quay/index.ts'
import { at, type Fault, faultsOfAll, refusal, type Scene } from '../scene.ts'

const denied = refusal(403, {
  errors: [{ code: 'DENIED', message: 'requested access to the resource is denied' }],
})

const unreadable = (says: string, todo: string): Fault => ({
  name: 'images that may not be read',
  out: at('/manifests/', denied),
  step: 'pull',
  code: 'permission-missing',
  says: [says],
  todo,
})

export async function dockerhubScene(): Promise<Scene> {
  const world = await startDockerhubWorld()
  const namespace = { namespace: 'acme' }
  return {
    world,
    faults: [
      ...faultsOfAll,
      {
        name: 'a token that was revoked',
        settings: world.wrongSettings,
        step: 'sign-in',
        code: 'credentials-refused',
        says: ['Incorrect authentication credentials'],
        todo: 'Check that the token is active, has not expired',
      },
      {
        name: 'a password where two factors are wanted',
        settings: world.settingsOf(twoFactorAccount, namespace),
        step: 'sign-in',
        code: 'credentials-refused',
        says: ['Incorrect authentication credentials'],
        todo: 'two-factor',
      },
      {
        name: 'the right to list is missing',
        settings: world.settingsOf(hubAccounts.pullOnly, namespace),
        step: 'list',
        code: 'repositories-not-listed',
        says: ['access to the resource is forbidden'],
        todo: 'scope-repository-list',
      },
      {
        name: 'a namespace that is not there',
        out: at('/acme/', refusal(404, { message: 'object not found' })),
        step: 'list',
        code: 'platform-not-found',
        says: ['Docker Hub knows no namespace acme'],
        todo: 'amespace',
      },
      unreadable('acme/', 'Read-only (repo:read)'),
    ],
    excess: {
      settings: world.settingsOf(hubAccounts.owner, namespace),
      says: 'the password of an account may do everything',
      todo: 'Use credentials that may only read',
    },
  }
}

export async function jfrogScene(): Promise<Scene> {
  const world = await startJfrogWorld()
  return {
    world,
    faults: [
      ...faultsOfAll,
      {
        name: 'a wrong token',
        settings: world.wrongSettings,
        step: 'sign-in',
        code: 'credentials-refused',
        says: ['Bad credentials'],
        todo: 'the token may have expired or been revoked',
      },
      {
        name: 'the permission Read is missing',
        settings: world.deniedSettings ?? {},
        step: 'list',
        code: 'permission-missing',
        says: ['docker-prod'],
        todo: 'Give the user the permission Read on docker-prod',
      },
      {
        name: 'a repository that is not there',
        settings: { repository: 'dockr-prod' },
        step: 'list',
        code: 'platform-not-found',
        says: ['dockr-prod'],
        todo: 'This account sees, among others: docker-prod',
      },
      {
        name: 'a repository of packages',
        settings: { repository: 'npm-local' },
        step: 'list',
        code: 'platform-not-found',
        says: ['npm packages, not container images'],
        todo: 'of the type Docker or OCI',
      },
      {
        name: 'another way to pull',
        settings: { dockerAccess: 'subdomain' },
        step: 'pull',
        code: 'docker-access-wrong',
        says: ['They can by artifactory.acme.example/docker-prod/'],
        todo: 'Choose the Docker access method "Repository path"',
      },
      {
        name: 'a page to sign in at',
        out: at('/artifactory/api/', {
          status: 302,
          headers: { location: 'https://artifactory.acme.example/ui/login' },
        }),
        step: 'network',
        code: 'not-a-registry',
        says: ['artifactory.acme.example'],
        todo: 'address',
      },
      {
        name: 'a host that is not there',
        settings: { domain: 'nowhere.example' },
        step: 'network',
        code: 'proxy-failed',
        says: ['nowhere.example'],
        todo: 'Check the address and credentials of the proxy',
      },
      unreadable('docker-prod', 'Read'),
    ],
    fieldFaults: [
      {
        name: 'an address without protection',
        settings: { domain: 'http://artifactory.acme.example' },
        field: 'Domain',
        says: 'Plain HTTP would send the password unprotected',
      },
    ],
    excess: {
      settings: world.adminSettings,
      says: 'may administer all of Artifactory',
      todo: 'Use credentials that may only read',
    },
  }
}

export async function quayScene(): Promise<Scene> {
  const world = await startQuayWorld()
  const as = (name: keyof typeof quayTokens) => world.settingsOf(quayTokens[name].token)
  return {
    world,
    faults: [
      ...faultsOfAll,
      {
        name: 'a wrong token',
        settings: world.wrongSettings,
        step: 'sign-in',
        code: 'credentials-refused',
        says: ['OAuth access token could not be validated'],
        todo: 'token',
      },
      {
        name: 'an expired token',
        settings: as('expired'),
        step: 'sign-in',
        code: 'credentials-refused',
        says: ['the token has expired', 'OAuth access token has expired'],
        todo: 'token',
      },
      {
        name: 'a token that lacks its scope',
        settings: as('unscoped'),
        step: 'pull',
        code: 'permission-missing',
        says: ['mycompany/'],
        todo: 'repo:read',
      },
      {
        name: 'a host that is not there',
        settings: { baseUrl: 'https://quay.nowhere.example' },
        step: 'network',
        code: 'proxy-failed',
        says: ['quay.nowhere.example'],
        todo: 'Check the address and credentials of the proxy',
      },
    ],
    fieldFaults: [
      {
        name: 'a server without protection',
        settings: { baseUrl: 'http://quay.io', allowPlainHttp: true },
        field: 'Allow plain HTTP',
        says: 'PORTOLAN_ALLOW_INSECURE_REGISTRIES',
      },
      {
        name: 'a repository for a namespace',
        settings: { namespace: 'mycompany/api' },
        field: 'Namespace',
        says: 'Write a namespace only',
      },
    ],
    excess: { settings: as('writer'), says: 'may also push', todo: 'Use credentials that may only read' },
  }
}

export async function ociScene(): Promise<Scene> {
  const world = await startOciWorld()
  const challenge = 'Bearer realm="https://evil.example/token",service="registry"'
  return {
    world,
    faults: [
      ...faultsOfAll,
      {
        name: 'a wrong password',
        settings: world.wrongSettings,
        step: 'sign-in',
        code: 'credentials-refused',
        says: ['registry.example'],
        todo: 'Check user name and password',
      },
      {
        name: 'no credentials',
        settings: { username: undefined, password: undefined },
        step: 'list',
        code: 'repositories-not-listed',
        says: ['registry.example'],
        todo: 'registry:catalog:*',
      },
      {
        name: 'the right to list is missing',
        settings: world.deniedSettings ?? {},
        step: 'list',
        code: 'repositories-not-listed',
        says: ['registry.example'],
        todo: 'registry:catalog:*',
      },
      {
        name: 'a token server elsewhere',
        out: at(/registry\.example\/v2\/$/, { status: 401, headers: { 'www-authenticate': challenge } }),
        step: 'sign-in',
        code: 'realm-untrusted',
        says: ['evil.example'],
        todo: 'sign-in host',
      },
      {
        name: 'a host that is not there',
        settings: { url: 'https://registry.nowhere.example' },
        step: 'network',
        code: 'proxy-failed',
        says: ['registry.nowhere.example'],
        todo: 'Check the address and credentials of the proxy',
      },
      unreadable('not allowed to pull from', 'repository:<name>:pull'),
    ],
    fieldFaults: [
      {
        name: 'a registry without protection',
        settings: { url: 'http://registry.example', allowPlainHttp: true },
        field: 'Allow plain HTTP',
        says: 'PORTOLAN_ALLOW_INSECURE_REGISTRIES',
      },
      {
        name: 'an address with a path',
        settings: { url: 'https://registry.example/acme' },
        field: 'URL',
        says: 'a namespace goes into the field Prefix',
      },
    ],
  }
}
