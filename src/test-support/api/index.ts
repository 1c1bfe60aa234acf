/** The HTTP server over services that remember what they were asked: tests of the door without what is behind it. */
export { ADMIN_TOKEN, MEMBER_TOKEN, SESSION_COOKIE } from './fake-access.ts'
export { fakeServices } from './fake-services.ts'
export { openTestApi } from './open-test-api.ts'
