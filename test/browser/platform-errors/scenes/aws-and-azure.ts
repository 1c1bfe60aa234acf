import { acrIds, startAcrWorld } from '../../../../src/test-support/platforms/acr/index.ts'
import { startEcrWorld } from '../../../../src/test-support/platforms/ecr/index.ts'
import { ecrProvider } from '../../../../src/registries/providers/ecr/index.ts'
import { at, type Fault, faultsOfAll, refusal, type Scene } from '../scene.ts'

const awsType = { 'content-type': 'application/x-amz-json-1.1' }
const needed = ecrProvider.description.permissions.map(({ name }) => name)

export async function ecrScene(): Promise<Scene> {
  const world = await startEcrWorld()
  const role = world.addRole({ name: 'portolan', externalId: 'acme:42', allows: ['*'] })
  const without = (name: string) => world.keyFor(needed.filter((each) => each !== name))
  const missing = (name: string, step: Fault['step']): Fault => ({
    name: `${name} is missing`,
    settings: without(name),
    step,
    code: 'permission-missing',
    says: [`The permission ${name} is missing`, 'AccessDeniedException'],
    todo: `Allow ${name} in the policy of the user or role`,
  })
  return {
    world,
    faults: [
      ...faultsOfAll,
      {
        name: 'a region that is none',
        settings: { region: 'us-east-9' },
        step: 'network',
        code: 'proxy-failed',
        says: ['us-east-9'],
        todo: 'Check the address and credentials of the proxy',
      },
      {
        name: 'another secret',
        settings: world.wrongSettings,
        step: 'sign-in',
        code: 'credentials-refused',
        says: ['Secret Access Key does not belong to this Access Key ID', 'InvalidSignatureException'],
        todo: 'Enter both parts of the key again',
      },
      {
        name: 'an unknown key',
        settings: { accessKeyId: 'AKIAUNKNOWNUNKNOWN12' },
        step: 'sign-in',
        code: 'credentials-refused',
        says: ['AWS does not know this Access Key ID in us-east-1', 'UnrecognizedClientException'],
        todo: 'it may be deleted or inactive',
      },
      {
        name: 'a session token that has ended',
        out: at(
          'api.ecr.',
          refusal(
            400,
            {
              __type: 'ExpiredTokenException',
              message: 'The security token included in the request is expired',
            },
            awsType,
          ),
        ),
        step: 'sign-in',
        code: 'credentials-refused',
        says: ['the session token has expired', 'ExpiredTokenException'],
        todo: 'Temporary keys end within hours',
      },
      {
        name: 'a wrong clock',
        out: at(
          'api.ecr.',
          refusal(
            400,
            {
              __type: 'InvalidSignatureException',
              message: 'Signature expired: 20260101T000000Z is now earlier than 20260101T005500Z',
            },
            awsType,
          ),
        ),
        step: 'sign-in',
        code: 'clock-wrong',
        says: ['clock of this server', 'Signature expired'],
        todo: 'NTP',
      },
      {
        name: 'a role that may not be taken on',
        settings: { roleArn: role.arn, externalId: 'other:1' },
        step: 'sign-in',
        code: 'permission-missing',
        says: ['sts:AssumeRole', 'AccessDenied'],
        todo: 'in the trust policy of the role; check the external ID',
      },
      missing('ecr:GetAuthorizationToken', 'sign-in'),
      missing('ecr:DescribeRepositories', 'list'),
      {
        name: 'ecr:BatchGetImage is missing',
        settings: without('ecr:BatchGetImage'),
        step: 'pull',
        code: 'permission-missing',
        says: ['not authorized to perform: ecr:BatchGetImage'],
        todo: 'Allow ecr:BatchGetImage and ecr:GetDownloadUrlForLayer',
      },
      {
        name: 'a key of another account',
        settings: world.keyFor(['*'], '210987654321'),
        step: 'list',
        code: 'permission-missing',
        says: ['AccessDeniedException'],
        todo: 'The key belongs to account 210987654321, the form names 123456789012',
      },
    ],
    fieldFaults: [
      {
        name: 'an address for a region',
        settings: { region: 'Virginia' },
        field: 'Region',
        says: 'Write the code of the region, such as us-east-1',
      },
    ],
  }
}

export async function acrScene(): Promise<Scene> {
  const world = await startAcrWorld()
  const fenced =
    "client with IP '203.0.113.9' is not allowed access. Refer https://aka.ms/acr/firewall to grant access."
  return {
    world,
    faults: [
      ...faultsOfAll,
      {
        name: 'a registry that is not there',
        settings: { registryName: 'fabrikam' },
        step: 'network',
        code: 'proxy-failed',
        says: ['fabrikam.azurecr.io'],
        todo: 'Check the address and credentials of the proxy',
      },
      {
        name: 'a wrong secret',
        settings: world.wrongSettings,
        step: 'sign-in',
        code: 'credentials-refused',
        says: ['Microsoft Entra ID does not accept the Client Secret', 'AADSTS7000215'],
        todo: 'Copy the value of a client secret, not its Secret ID',
      },
      {
        name: 'an expired secret',
        settings: world.settingsOf(acrIds.reader, 'expired~secret~value'),
        step: 'sign-in',
        code: 'credentials-refused',
        says: ['the Client Secret has expired', 'AADSTS7000222'],
        todo: 'Make a new client secret',
      },
      {
        name: 'an unknown tenant',
        settings: { tenantId: '00000000-1111-4222-8333-444444444444' },
        step: 'sign-in',
        code: 'credentials-refused',
        says: ['AADSTS90002'],
        todo: 'Check Tenant ID',
      },
      {
        name: 'no role at the registry',
        settings: world.settingsOf(acrIds.stranger),
        step: 'sign-in',
        code: 'permission-missing',
        says: ['it has no role there'],
        todo: 'Assign AcrPull',
      },
      {
        name: 'a token that is granted with less than asked',
        settings: world.settingsOf(acrIds.unlisting),
        step: 'list',
        code: 'permission-missing',
        says: ['does not grant it registry:catalog:*'],
        todo: 'Container Registry Repository Catalog Lister',
      },
      {
        name: 'images that may not be read',
        settings: world.settingsOf(acrIds.narrow),
        step: 'pull',
        code: 'permission-missing',
        says: ['api'],
        todo: 'Container Registry Repository Reader',
      },
      {
        name: 'the network rules of the registry',
        out: at('contoso.azurecr.io', refusal(403, { errors: [{ code: 'DENIED', message: fenced }] })),
        step: 'network',
        code: 'registry-firewall',
        says: ['203.0.113.9'],
        todo: 'let in the addresses that this server connects from: 203.0.113.7',
      },
    ],
    fieldFaults: [
      {
        name: 'the host of another platform',
        settings: { registryName: 'ghcr.io' },
        field: 'Registry Name',
        says: 'azurecr.io',
      },
    ],
    excess: {
      settings: world.settingsOf(acrIds.owner),
      says: 'push or delete',
      todo: 'Use credentials that may only read',
    },
  }
}
