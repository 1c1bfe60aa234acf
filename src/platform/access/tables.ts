/** Names of the sign-in library's tables: `user` is a reserved word of SQL. */
export const authTableNames = {
  user: 'auth_user',
  session: 'auth_session',
  account: 'auth_account',
  verification: 'auth_verification',
  organization: 'auth_organization',
  member: 'auth_member',
  invitation: 'auth_invitation',
} as const
