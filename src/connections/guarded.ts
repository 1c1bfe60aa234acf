import type { RegistryConnector } from '../registries/index.ts'
import type { Ask } from './refusals.ts'

type ImageSource = ReturnType<RegistryConnector['source']>

/** A connector for work, every question of which is asked by `ask`. A transfer that has begun is let run. */
export function guarded(connector: RegistryConnector, ask: Ask): RegistryConnector {
  const { host, insecure, spansHosts, contents } = connector
  return {
    host,
    insecure,
    ...(spansHosts === undefined ? {} : { spansHosts }),
    check: (options) => connector.check(options),
    repositories: (options) => eachAsked(ask, () => connector.repositories(options)),
    tags: (repository, options) => eachAsked(ask, () => connector.tags(repository, options)),
    ...(contents && { contents: (options) => eachAsked(ask, () => contents.call(connector, options)) }),
    resolve: (repository, tag, signal) => ask(() => connector.resolve(repository, tag, signal)),
    source: (repository) => guardedSource(connector.source(repository), ask),
    close: () => connector.close(),
  }
}

function guardedSource(source: ImageSource, ask: Ask): ImageSource {
  const { name, referrers, knownTags, close } = source
  return {
    name,
    manifest: (reference, signal) => ask(() => source.manifest(reference, signal)),
    blob: (descriptor, signal) => ask(() => source.blob(descriptor, signal)),
    ...(referrers && { referrers: (digest, signal) => ask(() => referrers.call(source, digest, signal)) }),
    ...(knownTags && { knownTags: (names) => ask(() => knownTags.call(source, names)) }),
    ...(close && { close: () => close.call(source) }),
  }
}

async function* eachAsked<T>(ask: Ask, pages: () => AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = pages()[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await ask(() => iterator.next())
      if (next.done === true) return
      yield next.value
    }
  } finally {
    await iterator.return?.()
  }
}
