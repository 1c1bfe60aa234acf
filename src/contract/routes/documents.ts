import {
  documentQuery,
  documentUpload,
  LARGEST_UPLOAD,
  sbomFindings,
  uploadedDocument,
} from '../documents.ts'
import { pageOf } from '../shapes.ts'
import { uuid, type Route } from './route.ts'

/** SBOMs and statements. */
export const documentRoutes = {
  listDocuments: {
    method: 'GET',
    path: '/documents',
    summary: 'SBOMs and VEX documents that were uploaded, or found attached to images',
    tag: 'documents',
    policy: 'member',
    query: documentQuery,
    status: 200,
    response: pageOf(uploadedDocument),
  },
  uploadDocument: {
    method: 'POST',
    path: '/documents',
    summary: 'Upload an SBOM, or VEX statements on an image',
    tag: 'documents',
    policy: 'member',
    audit: 'document.uploaded',
    body: documentUpload,
    bodyLimit: 2 * LARGEST_UPLOAD,
    status: 201,
    response: uploadedDocument,
  },
  deleteDocument: {
    method: 'DELETE',
    path: '/documents/:id',
    summary: 'Delete an uploaded document',
    tag: 'documents',
    policy: 'member',
    audit: 'document.deleted',
    params: uuid,
    status: 204,
  },
  getDocumentFindings: {
    method: 'GET',
    path: '/documents/:id/findings',
    summary: 'What is wrong with what an uploaded SBOM names',
    tag: 'documents',
    policy: 'member',
    params: uuid,
    status: 200,
    response: sbomFindings,
  },
} as const satisfies Record<string, Route>
