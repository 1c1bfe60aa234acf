import { parseDigest } from '../../core/index.ts'
import type { Handlers } from '../handler.ts'
import type { ApiServices } from '../ports.ts'

type Names = 'getImageSbom' | 'listDocuments' | 'uploadDocument' | 'deleteDocument' | 'getDocumentFindings'

export function documentRoutes({ documents }: Pick<ApiServices, 'documents'>): Pick<Handlers, Names> {
  return {
    getImageSbom: async ({ params, query }, { orgId }) => {
      const { format, digest } = query
      const manifest = digest === undefined ? undefined : parseDigest(digest)
      return { ...(await documents.imageSbom(orgId, params.id, { format, manifest })) }
    },
    listDocuments: ({ query }, { orgId }) => documents.list(orgId, query),
    async uploadDocument({ body }, { orgId, principal, audit }) {
      const document = await documents.upload(orgId, principal.user.name, body)
      audit({ kind: 'document', id: document.id }, { name: document.name, kind: document.kind })
      return document
    },
    async deleteDocument({ params }, { orgId, audit }) {
      audit({ kind: 'document', id: params.id })
      await documents.remove(orgId, params.id)
    },
    getDocumentFindings: ({ params }, { orgId }) => documents.findings(orgId, params.id),
  }
}
