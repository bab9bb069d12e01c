import KeyRound from '@lucide/svelte/icons/key-round';
import LogOut from '@lucide/svelte/icons/log-out';
import SunMoon from '@lucide/svelte/icons/sun-moon';
import User from '@lucide/svelte/icons/user';
import type { FrameData } from '#contracts/screens/frame';
import { turnTheme } from '#ui/frame/preferences.ts';
import { post } from '#ui/post.ts';
import type { MenuAct } from '#ui/menu-act.ts';

/** Companies and roles that the viewer may change to; none when there is only one. */
export function tenantActsOf(frame: FrameData): MenuAct[] {
  if (frame.seats.length < 2) return [];
  const severalRoles = new Set(frame.seats.map((seat) => seat.roleLabel)).size > 1;
  return frame.seats.map((seat) => ({
    label: severalRoles ? `${seat.tenantName} · ${seat.roleLabel}` : seat.tenantName,
    onselect: () => post('/tenant', { to: seat.to }),
    checked: seat.current,
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
