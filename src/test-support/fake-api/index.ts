/**
 * A small HTTP server in memory that answers every route of the contract with data that fits its schema: for tests and
 * pictures of the web pages. It knows the contract; it must not know any room that makes real answers.
 */
export { platforms } from './platforms.ts'
export {
  ACCOUNT,
  type FakeApi,
  type FakeApiOptions,
  startFakeApi,
} from './server.ts'
export { ago } from './world.ts'
