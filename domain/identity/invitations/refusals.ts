import type { Role } from '#contracts/roles';
import { roleNames } from '#contracts/screens/frame';
import { PlumblineError } from '#platform/errors';

export const notFound = () =>
  new PlumblineError({
    kind: 'not_found',
    code: 'identity.invitation_not_found',
    detail: 'There is no such invitation. It may have been sent again since: use the newest mail.',
  });

export const over = (detail: string) =>
  new PlumblineError({ kind: 'conflict', code: 'identity.invitation_over', detail });

export const memberAlready = () =>
  new PlumblineError({
    kind: 'conflict',
    code: 'identity.member_already',
    detail: 'The account of that address has a place in this company already. Change its role instead.',
  });

export const signInFirst = (email: string) =>
  new PlumblineError({
    kind: 'unauthenticated',
    code: 'identity.sign_in_to_accept',
    detail: `There is an account for ${email} already. Sign in to it, then open the invitation again.`,
  });

export const secondPersonNeeded = (role: Role) =>
  new PlumblineError({
    kind: 'forbidden',
    code: 'identity.second_person_needed',
    detail: `${roleNames[role]} may approve for others, so nobody gives it alone. Invite with another role, then ask for approval of this one.`,
  });
