import type { Command } from 'commander'

/** The options of commands that speak to a registry. */
export function withRemoteOptions(command: Command): Command {
  return command
    .option('--username <name>', 'sign in at the registry as (else: what docker login stored)')
    .option('--password-stdin', 'read the password from standard input', false)
    .option('--insecure', 'allow plain HTTP and certificates that nobody vouches for', false)
}
