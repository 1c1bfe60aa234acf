import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'
import * as contract from '../contract/index.ts'

/** Shapes of the contract that stand by name in the document; all others stand where they are used. */
const named = {
  AuditEvent: contract.auditEvent,
  CheckResult: contract.checkResult,
  ConnectionInput: contract.connectionInput,
  ConnectionPatch: contract.connectionPatch,
  Finding: contract.finding,
  FindingDetail: contract.findingDetail,
  FindingSummary: contract.findingSummary,
  Image: contract.image,
  ImageDetail: contract.imageDetail,
  Problem: contract.problem,
  RegistryConnection: contract.registryConnection,
  RegistryPlatform: contract.registryPlatform,
  Repository: contract.repository,
  Scan: contract.scan,
  Session: contract.session,
  Started: contract.started,
  VulnerabilityDatabase: contract.vulnerabilityDatabase,
}

const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 130 40"><text y="28" font-family="sans-serif"
  font-size="26" font-weight="600" fill="#fff">Portolan</text></svg>`

/** Collects the routes that are registered after it into an OpenAPI document. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  const schemaRegistry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(named)) schemaRegistry.add(schema, { id })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.1',
      info: {
        title: 'Portolan',
        version,
        description: 'Which known vulnerabilities the container images of an organisation carry.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      security: [{ token: [] }, { session: [] }],
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'An API token' },
          session: { type: 'apiKey', in: 'cookie', name: 'portolan.session_token' },
        },
      },
    },
    transform: createJsonSchemaTransform({ schemaRegistry }),
    transformObject: createJsonSchemaTransformObject({ schemaRegistry }),
  })
}

/** `/api/openapi.json`, and the page that draws it from files of this server alone. */
export async function docsRoutes(app: FastifyInstance): Promise<void> {
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    // The page names its files from the root: it does not see that this plug-in stands under /api.
    indexPrefix: '/api',
    uiConfig: { deepLinking: true },
    theme: { title: 'Portolan API' },
    logo: { type: 'image/svg+xml', content: Buffer.from(logo), href: '/' },
  })
}
