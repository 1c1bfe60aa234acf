import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { CheckResult, CheckStep, RegistryConnection, RegistryPlatform } from '../../../contract/index.ts'
import { call, follow } from '../../api/client.ts'
import { announce } from '../../components/announcer.ts'
import { done } from '../../components/toast.ts'
import { type Draft, inputOf, patchOf, settingsChanged, settingsOf } from '../../lib/connection-form.ts'

export interface SavingOptions {
  platform: RegistryPlatform | undefined
  draft: Draft
  connection?: RegistryConnection
  /** What was entered was not taken. */
  onRefused?: (error: Error) => void
}

/** Checks what was entered, then saves it; a check that fails saves nothing until the person says so. */
export function useSaving({ platform, draft, connection, onRefused = () => {} }: SavingOptions) {
  const [result, setResult] = useState<CheckResult | null>(null)
  const [steps, setSteps] = useState<readonly CheckStep[]>([])
  const forget = (): void => {
    setResult(null)
    setSteps([])
  }
  const client = useQueryClient()
  const navigate = useNavigate()
  const store = useMutation({
    mutationFn: async (target: RegistryPlatform) =>
      connection === undefined
        ? call('createConnection', { body: inputOf(target, draft) })
        : call('editConnection', { params: { id: connection.id }, body: patchOf(connection, target, draft) }),
    onError: onRefused,
    onSuccess: async (saved) => {
      await client.invalidateQueries({ queryKey: ['connections'] })
      done(
        connection === undefined ? 'Saved. Its images are being discovered and scanned.' : 'Saved.',
        saved.name,
      )
      await navigate({ to: '/settings/registry-connections' })
    },
  })
  const check = useMutation({
    mutationFn: (target: RegistryPlatform) =>
      follow(
        'checkSettings',
        {
          body: {
            platform: target.id,
            settings: settingsOf(target.fields, draft),
            ...(connection === undefined ? {} : { connectionId: connection.id }),
          },
        },
        (step) => setSteps((before) => [...before, step]),
      ),
    onMutate: forget,
    onError: onRefused,
    onSuccess: (answer, target) => {
      setResult(answer)
      // A failure is an alert, which says itself.
      if (!answer.ok) return
      announce('Connected')
      store.mutate(target)
    },
  })
  const save = (): void => {
    if (platform === undefined) return
    store.reset()
    check.reset()
    if (connection !== undefined && !settingsChanged(connection, platform, draft)) store.mutate(platform)
    else check.mutate(platform)
  }
  const saveAnyway = (): void => {
    if (platform !== undefined) store.mutate(platform)
  }
  return {
    result,
    /** What a check that runs has found so far. */
    steps,
    isChecking: check.isPending,
    isBusy: check.isPending || store.isPending,
    error: check.error ?? store.error,
    /** What was checked is no longer what is in the fields. */
    forget,
    save,
    saveAnyway,
  }
}

export type Saving = ReturnType<typeof useSaving>
