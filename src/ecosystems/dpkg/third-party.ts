/** Part of a maintainer's name and address (Trivy 0.74, pkg/fanal/analyzer/pkg/dpkg, aquasecurity/trivy#9916). */
const PARTS = [
  'support@docker.com',
  '@nvidia.com',
  'Google Cloud CLI Authors',
  'sapmachine@sap.com',
  '@hashicorp.com',
  '@microsoft.com',
  '@mongodb.com',
  'developers@lists.mariadb.org',
  'dev@couchdb.apache.org',
  'info@elastic.co',
  'nginx-packaging@f5.com',
  '@konghq.com',
  '@cloudflare.com',
  'support@influxdb.com',
  'support@gitlab.com',
  'contact@grafana.com',
  '@datadoghq.com',
  '@nodesource.com',
  'info@tailscale.com',
  '@openrobotics.org',
  '@osrfoundation.org',
]
const WHOLE = new Set(['GitHub', 'HashiCorp'])

/** Whether a package's maintainer is known for builds of their own: dpkg does not say where a package came from. */
export function isThirdParty(maintainer: string): boolean {
  return WHOLE.has(maintainer) || PARTS.some((part) => maintainer.includes(part))
}
