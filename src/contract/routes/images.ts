import { sbomDocument, sbomQuery } from '../documents.ts'
import { image, imageDetail, imageQuery, repository, repositoryQuery } from '../images.ts'
import { started } from '../registry-connections.ts'
import { pageOf } from '../shapes.ts'
import { scan, scanQuery } from '../system.ts'
import { int, text, type Route } from './route.ts'

/** Repositories, images and their scans. */
export const imageRoutes = {
  listRepositories: {
    method: 'GET',
    path: '/repositories',
    summary: 'Repositories',
    tag: 'images',
    policy: 'member',
    query: repositoryQuery,
    status: 200,
    response: pageOf(repository),
  },
  listImages: {
    method: 'GET',
    path: '/images',
    summary: 'Images',
    tag: 'images',
    policy: 'member',
    query: imageQuery,
    status: 200,
    response: pageOf(image),
  },
  getImage: {
    method: 'GET',
    path: '/images/:id',
    summary: 'One image',
    tag: 'images',
    policy: 'member',
    params: int,
    status: 200,
    response: imageDetail,
  },
  getImageSbom: {
    method: 'GET',
    path: '/images/:id/sbom',
    summary: 'SBOM of one image: CycloneDX 1.6 or SPDX 2.3',
    tag: 'documents',
    policy: 'member',
    params: int,
    query: sbomQuery,
    status: 200,
    response: sbomDocument,
  },
  scanImage: {
    method: 'POST',
    path: '/images/:id/scan',
    summary: 'Scan one image',
    tag: 'images',
    policy: 'member',
    audit: 'scan.requested',
    params: int,
    status: 202,
    response: started,
  },
  listScans: {
    method: 'GET',
    path: '/scans',
    summary: 'Scans',
    tag: 'scans',
    policy: 'member',
    query: scanQuery,
    status: 200,
    response: pageOf(scan),
  },
  retryScan: {
    method: 'POST',
    path: '/scans/:id/retry',
    summary: 'Try a failed scan again',
    tag: 'scans',
    policy: 'member',
    audit: 'scan.requested',
    params: text,
    status: 202,
    response: started,
  },
} as const satisfies Record<string, Route>
