/** The HTTP server over services that remember what they were asked: tests of the door without what is behind it. */
export { fakeAccess, MEMBER_TOKEN, ADMIN_TOKEN, SESSION_COOKIE } from './fake-access.ts'
export { fakeServices, type ServiceCall } from './fake-services.ts'
export { openTestApi } from './open-test-api.ts'
