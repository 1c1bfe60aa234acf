/** Made by vite.config.ts from the contract: method and path of each route. */
declare module 'virtual:contract-routes' {
  export const linesType: string
  export const table: unknown
}
