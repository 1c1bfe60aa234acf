import { finding, findingDetail, findingQuery, findingSummary, findingSummaryQuery } from '../findings.ts'
import { pageOf } from '../shapes.ts'
import { text, type Route } from './route.ts'

/** Findings. */
export const findingRoutes = {
  listFindings: {
    method: 'GET',
    path: '/findings',
    summary: 'Findings',
    tag: 'findings',
    policy: 'member',
    query: findingQuery,
    status: 200,
    response: pageOf(finding),
  },
  getFindingSummary: {
    method: 'GET',
    path: '/findings/summary',
    summary: 'Counts of findings by severity',
    tag: 'findings',
    policy: 'member',
    query: findingSummaryQuery,
    status: 200,
    response: findingSummary,
  },
  getFinding: {
    method: 'GET',
    path: '/findings/:id',
    summary: 'One finding with its occurrences',
    tag: 'findings',
    policy: 'member',
    params: text,
    status: 200,
    response: findingDetail,
  },
} as const satisfies Record<string, Route>
