import type { Machine } from '#platform/state-machine';

export const invitationStates = ['open', 'expired', 'accepted', 'revoked'] as const;
/** `expired` is an open one whose time is over: sending it again opens it anew. */
export type InvitationState = (typeof invitationStates)[number];

export type InvitationEvent = 'accept' | 'resend' | 'revoke' | 'lapse';

type Refusal = 'expired' | 'accepted' | 'revoked';

export const invitationMachine: Machine<InvitationState, InvitationEvent, Refusal, never> = {
  transitions: {
    open: { accept: 'accepted', resend: 'open', revoke: 'revoked', lapse: 'expired' },
    expired: { accept: '!expired', resend: 'open', revoke: 'revoked', lapse: '=' },
    accepted: { accept: '!accepted', resend: '!accepted', revoke: '!accepted', lapse: '=' },
    revoked: { accept: '!revoked', resend: '!revoked', revoke: '=', lapse: '=' },
  },
  refusals: {
    expired: 'The time of this invitation is over. Ask who invited you to send it again.',
    accepted: 'This invitation was accepted already.',
    revoked: 'This invitation was taken back.',
  },
};
