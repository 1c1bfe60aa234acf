import { Button, PasswordInput, Select, Stack, Switch, Textarea, TextInput } from '@mantine/core'
import type { PlatformField } from '../../../contract/index.ts'

export interface FieldInputProps {
  field: PlatformField
  value: string | boolean | undefined
  /** A secret that the server keeps: an empty field keeps it. */
  stored: boolean
  error: string | undefined
  change: (value: string | boolean) => void
}

/** What all kinds of input have in common. */
function sharedProps({ field, stored, error, value }: FieldInputProps) {
  const isRemoved = field.secret && value === false
  const kept = isRemoved ? 'will be removed' : 'stored; leave empty to keep'
  const placeholder = stored ? kept : field.placeholder
  return {
    disabled: isRemoved,
    label: field.label,
    description: field.help === '' ? undefined : field.help,
    required: field.required && !stored,
    error,
    autoComplete: 'off',
    spellCheck: false,
    ...(placeholder === undefined ? {} : { placeholder }),
  }
}

/** One field of a platform's form, drawn from its description; a stored secret that nobody needs can be taken away. */
export function FieldInput(props: FieldInputProps) {
  const { field, stored, value, change } = props
  if (!field.secret || !stored || field.required) return <Input {...props} />
  const isRemoved = value === false
  return (
    <Stack gap={4} align="stretch">
      <Input {...props} />
      <Button
        variant="subtle"
        size="compact-xs"
        style={{ alignSelf: 'flex-start' }}
        onClick={() => change(isRemoved ? '' : false)}
        aria-label={`${isRemoved ? 'Keep' : 'Remove'} the stored ${field.label}`}
      >
        {isRemoved ? 'Keep the stored one' : 'Remove the stored one'}
      </Button>
    </Stack>
  )
}

function Input(props: FieldInputProps) {
  const { field, value, error, change } = props
  const text = typeof value === 'string' ? value : ''
  const shared = sharedProps(props)
  const typed = {
    ...shared,
    value: text,
    onChange: (event: { currentTarget: { value: string } }) => change(event.currentTarget.value),
  }
  switch (field.kind) {
    case 'boolean':
      return (
        <Switch
          label={field.label}
          description={field.help === '' ? undefined : field.help}
          error={error}
          aria-invalid={error !== undefined}
          checked={value === true}
          onChange={(event) => change(event.currentTarget.checked)}
        />
      )
    case 'select':
      return (
        <Select
          {...shared}
          data={field.options ?? []}
          value={text === '' ? null : text}
          onChange={(chosen) => change(chosen ?? '')}
          clearable={!field.required}
        />
      )
    case 'textarea':
    case 'lines':
      return <Textarea {...typed} autosize minRows={field.kind === 'lines' ? 2 : 4} maxRows={10} />
    case 'password':
      // Its wrapper alone is marked by the library.
      return <PasswordInput {...typed} aria-invalid={error !== undefined} autoComplete="new-password" />
    case 'url':
      return <TextInput {...typed} inputMode="url" />
    case 'text':
      return <TextInput {...typed} />
  }
}
