import {
  checkSecretHeader,
  isDistributionEnvelope,
  notificationInvalid,
  notificationJson,
  type PushNotifications,
  readDistributionEvents,
} from '../../index.ts'

/** GitLab.com tells nobody of pushes; who runs GitLab can let its registry do so (docs.gitlab.com, container registry notifications). */
export const notifications: PushNotifications = {
  proof: 'The header Authorization, which the registry is configured to send with every event.',
  steps: [
    'On GitLab.com there are no notifications of pushes: leave this out, discovery finds them on its schedule.',
    'On a self-hosted GitLab, as its administrator, add the lines below to /etc/gitlab/gitlab.rb.',
    'Run gitlab-ctl reconfigure, then push an image: the event is listed here.',
  ],
  sample: {
    label: '/etc/gitlab/gitlab.rb',
    text: `registry['notifications'] = [
  {
    'name' => 'portolan',
    'url' => '{address}',
    'timeout' => '5s',
    'threshold' => 5,
    'backoff' => '10s',
    'headers' => {
      'Authorization' => ['Bearer {secret}']
    }
  }
]`,
  },
  async read(event) {
    checkSecretHeader(event, 'authorization', 'Bearer')
    const body = notificationJson(event)
    if (!isDistributionEnvelope(body)) throw notificationInvalid('no list of events')
    return readDistributionEvents(body)
  },
}
