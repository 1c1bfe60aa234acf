/** Id of the engine that is built in: the one that scans where no other is chosen. */
export const BUILT_IN_ENGINE = 'portolan'
