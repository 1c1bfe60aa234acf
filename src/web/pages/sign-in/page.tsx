import { Alert, Button, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { signIn } from '../../api/client.ts'
import { ApiError, problemOf } from '../../api/problem.ts'
import { Mark } from '../../shell/brand.tsx'
import classes from './sign-in.module.css'

const route = getRouteApi('/sign-in')

function explain(error: unknown): { title: string; text: string } {
  if (error instanceof ApiError && error.status === 429) {
    const wait = error.retryAfter === null ? 'a minute' : `${error.retryAfter} seconds`
    return {
      title: 'Too many attempts',
      text: `Sign-in is paused to protect the account. Try again in ${wait}.`,
    }
  }
  if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
    return {
      title: 'Email or password is wrong',
      text: 'Check both and try again. Whoever runs this server can set a new password.',
    }
  }
  const problem = problemOf(error)
  return { title: problem.title, text: [problem.detail, problem.remedy].filter(Boolean).join(' ') }
}

export function SignInPage() {
  useDocumentTitle('Sign in · Portolan')
  const { to } = route.useSearch()
  const client = useQueryClient()
  const router = useRouter()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const attempt = useMutation({
    mutationFn: () => signIn(email.trim(), password),
    onSuccess: () => {
      client.clear()
      router.history.push(to ?? '/')
    },
    onError: () => setPassword(''),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    attempt.mutate()
  }
  const problem = attempt.error === null ? null : explain(attempt.error)
  return (
    <main className={classes['page']}>
      <form className={classes['card']} onSubmit={submit} aria-label="Sign in">
        <Stack gap="md">
          <div className={classes['brand']}>
            <Mark size={30} />
            <Title order={1}>Sign in to Portolan</Title>
          </div>
          {problem === null ? null : (
            <Alert role="alert" title={problem.title} className={classes['problem'] ?? ''}>
              {problem.text}
            </Alert>
          )}
          <TextInput
            label="Email"
            type="email"
            name="email"
            autoComplete="username"
            required
            withAsterisk={false}
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- the page has nothing else to do
            autoFocus
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <PasswordInput
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" size="sm" fullWidth loading={attempt.isPending}>
            Sign in
          </Button>
          <Text size="xs" c="dimmed">
            First start: the server printed the sign-in on its console.
          </Text>
        </Stack>
      </form>
    </main>
  )
}
