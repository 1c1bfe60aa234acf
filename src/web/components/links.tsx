import {
  Anchor,
  type AnchorProps,
  Button,
  type ButtonProps,
  Menu,
  type MenuItemProps,
  NavLink,
  type NavLinkProps,
  UnstyledButton,
  type UnstyledButtonProps,
} from '@mantine/core'
import { createLink, type LinkComponent } from '@tanstack/react-router'
import type { ComponentPropsWithRef } from 'react'

/** Mantine's looks on the router's typed links. */
type Native<P> = P & Omit<ComponentPropsWithRef<'a'>, keyof P | 'color'>

const AnchorBase = (props: Native<AnchorProps>) => <Anchor {...props} />
const ButtonBase = (props: Native<ButtonProps>) => <Button component="a" {...props} />
const NavBase = (props: Native<NavLinkProps>) => <NavLink component="a" {...props} />
const MenuBase = (props: Native<MenuItemProps>) => <Menu.Item component="a" {...props} />
const PlainBase = (props: Native<UnstyledButtonProps>) => <UnstyledButton component="a" {...props} />

export const LinkAnchor: LinkComponent<typeof AnchorBase> = createLink(AnchorBase)
export const LinkButton: LinkComponent<typeof ButtonBase> = createLink(ButtonBase)
export const LinkNav: LinkComponent<typeof NavBase> = createLink(NavBase)
export const LinkMenuItem: LinkComponent<typeof MenuBase> = createLink(MenuBase)
/** A link without looks of its own: tiles, chips, bars. */
export const LinkPlain: LinkComponent<typeof PlainBase> = createLink(PlainBase)
