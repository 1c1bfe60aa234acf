import { Button, Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'

export interface FilterMenuProps<T extends string> {
  label: string
  options: readonly T[]
  value: readonly T[]
  onChange: (value: T[]) => void
}

/** A filter of several words: a button that says what is chosen. */
export function FilterMenu<T extends string>({ label, options, value, onChange }: FilterMenuProps<T>) {
  return (
    <Menu closeOnItemClick={false} position="bottom-start">
      <Menu.Target>
        <Button
          variant={value.length === 0 ? 'default' : 'light'}
          rightSection={<IconChevronDown size={13} aria-hidden />}
        >
          {value.length === 0 ? label : `${label}: ${value.join(', ')}`}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.CheckboxGroup
          value={[...value]}
          onChange={(chosen) => onChange(options.filter((option) => chosen.includes(option)))}
        >
          {options.map((option) => (
            <Menu.CheckboxItem key={option} value={option}>
              {option}
            </Menu.CheckboxItem>
          ))}
        </Menu.CheckboxGroup>
      </Menu.Dropdown>
    </Menu>
  )
}
