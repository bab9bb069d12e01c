import KeyRound from '@lucide/svelte/icons/key-round';
import LogOut from '@lucide/svelte/icons/log-out';
import SunMoon from '@lucide/svelte/icons/sun-moon';
import User from '@lucide/svelte/icons/user';
import type { FrameData } from '#contracts/screens/frame';
import { turnTheme } from '#ui/frame/preferences.ts';
import { post } from '#ui/post.ts';
import type { MenuAct } from '#ui/menu-act.ts';

/** Tenants the viewer may look at; none when there is only one. */
export function tenantActsOf(frame: FrameData): MenuAct[] {
  if (frame.tenants.length < 2) return [];
  return frame.tenants.map((tenant) => ({
    label: tenant.name,
    onselect: () => post('/tenant', { to: tenant.id }),
    checked: tenant.id === frame.tenant.id,
  }));
}

export function viewerActsOf(frame: FrameData): MenuAct[] {
  const own = frame.viewer.employeeId;
  return [
    ...(own === null ? [] : [{ label: 'My own record', icon: User, href: `/people/${own}` }]),
    { label: 'My sign-in', icon: KeyRound, href: '/settings/security' },
    { label: 'Light, dark, system', icon: SunMoon, onselect: turnTheme },
    { label: 'Sign out', icon: LogOut, onselect: () => post('/sign-out'), apart: true },
  ];
}
