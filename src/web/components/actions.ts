import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { RegistryConnection } from '../../contract/index.ts'
import { done, failed } from './toast.ts'
import { call } from '../api/client.ts'

type Named = Pick<RegistryConnection, 'id' | 'name'>

/** What can be started for a connection; each says how it went and looks at the list again. */
export function useConnectionActions() {
  const client = useQueryClient()
  const look = () => client.invalidateQueries({ queryKey: ['connections'] })
  const discover = useMutation({
    mutationFn: ({ id }: Named) => call('discoverConnection', { params: { id } }),
    onSuccess: (answer, { name }) => done(answer.message, `Discover Images: ${name}`),
    onError: (error, { name }) => failed(`Discover Images: ${name}`, error),
    onSettled: look,
  })
  const discoverAll = useMutation({
    mutationFn: ({ id }: Named) =>
      call('discoverConnection', { params: { id }, query: { listing: 'complete' } }),
    onSuccess: (answer, { name }) => done(answer.message, `Discover everything again: ${name}`),
    onError: (error, { name }) => failed(`Discover everything again: ${name}`, error),
    onSettled: look,
  })
  const scan = useMutation({
    mutationFn: ({ id }: Named) => call('scanConnection', { params: { id } }),
    onSuccess: (answer, { name }) => done(answer.message, `Scan Images: ${name}`),
    onError: (error, { name }) => failed(`Scan Images: ${name}`, error),
    onSettled: look,
  })
  const check = useMutation({
    mutationFn: ({ id }: Named) => call('checkConnection', { params: { id } }),
    onSuccess: (answer, { name }) => {
      if (answer.ok) done('Connected: every step of the check passed.', name)
    },
    onError: (error, { name }) => failed(`Check: ${name}`, error),
    onSettled: look,
  })
  const enable = useMutation({
    mutationFn: ({ id, version, enabled }: Named & { version: number; enabled: boolean }) =>
      call('editConnection', { params: { id }, body: { version, enabled } }),
    onError: (error, { name }) => failed(name, error),
    onSettled: look,
  })
  return { discover, discoverAll, scan, check, enable }
}

/** Scan one image, or try a failed scan again. */
export function useScanActions() {
  const client = useQueryClient()
  const scanImage = useMutation({
    mutationFn: ({ id }: { id: number }) => call('scanImage', { params: { id } }),
    onSuccess: (answer) => done(answer.message, 'Scan'),
    onError: (error) => failed('The scan was not started', error),
    onSettled: () => client.invalidateQueries({ queryKey: ['images'] }),
  })
  const retryScan = useMutation({
    mutationFn: ({ id }: { id: string }) => call('retryScan', { params: { id } }),
    onSuccess: (answer) => done(answer.message, 'Retry'),
    onError: (error) => failed('The scan was not started again', error),
    onSettled: () => client.invalidateQueries({ queryKey: ['scans'] }),
  })
  return { scanImage, retryScan }
}
