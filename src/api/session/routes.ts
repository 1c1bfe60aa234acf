import type { Handlers } from '../handler.ts'

export function sessionRoutes(): Pick<Handlers, 'getSession'> {
  return {
    getSession: (_asked, { principal }) => ({
      user: principal.user,
      organisation: principal.organisation,
      role: principal.role,
    }),
  }
}
