import type { PlatformField } from '../ports.ts'

const common = { required: false, secret: false, group: 'transport' } as const

/** Fields that every platform's form ends with: how its registry is reached from here. */
export const transportFields: readonly PlatformField[] = [
  {
    ...common,
    name: 'caCertificate',
    label: 'CA certificate',
    kind: 'textarea',
    guardsSecrets: true,
    help: 'In PEM form, where the certificate of the registry, or of a proxy that opens TLS, is signed by an authority of your own.',
    placeholder: '-----BEGIN CERTIFICATE-----',
  },
  {
    ...common,
    name: 'proxyUrl',
    label: 'Proxy',
    kind: 'url',
    guardsSecrets: true,
    needs: 'proxy',
    help: 'Everything of this connection goes through it, also the names of hosts.',
    placeholder: 'http://proxy.example.com:3128',
  },
  {
    ...common,
    name: 'proxyUsername',
    label: 'Proxy user name',
    kind: 'text',
    needs: 'proxy',
    help: 'Where the proxy asks for one.',
  },
  {
    ...common,
    name: 'proxyPassword',
    label: 'Proxy password',
    kind: 'password',
    secret: true,
    needs: 'proxy',
    help: '',
  },
  {
    ...common,
    name: 'skipTlsVerification',
    label: 'Do not verify TLS',
    kind: 'boolean',
    needs: 'insecure',
    help: 'Accepts any certificate. Anyone in between can then read passwords and change images.',
  },
]
