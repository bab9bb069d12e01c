import type { ApprovalState } from '#contracts/screens/approvals';
import type { Machine } from '#platform/state-machine';

export const approvalEvents = ['approve', 'refuse', 'withdraw', 'expire', 'run'] as const;
export type ApprovalEvent = (typeof approvalEvents)[number];

type Refusal = 'not_approved' | 'refused' | 'withdrawn' | 'expired' | 'done';

/**
 * request → approved → done once. Until it is done it can be refused (an approval taken back), withdrawn or run out of
 * time; whatever is closed stays closed.
 */
export const approvalMachine: Machine<ApprovalState, ApprovalEvent, Refusal, never> = {
  transitions: {
    requested: {
      approve: 'approved',
      refuse: 'refused',
      withdraw: 'withdrawn',
      expire: 'expired',
      run: '!not_approved',
    },
    approved: { approve: '=', refuse: 'refused', withdraw: 'withdrawn', expire: 'expired', run: 'done' },
    refused: { approve: '!refused', refuse: '=', withdraw: '!refused', expire: '=', run: '!refused' },
    withdrawn: {
      approve: '!withdrawn',
      refuse: '!withdrawn',
      withdraw: '=',
      expire: '=',
      run: '!withdrawn',
    },
    expired: { approve: '!expired', refuse: '!expired', withdraw: '!expired', expire: '=', run: '!expired' },
    // Not a duplicate: whoever runs it again must learn that nothing happened now.
    done: { approve: '!done', refuse: '!done', withdraw: '!done', expire: '=', run: '!done' },
  },
  refusals: {
    not_approved: 'Nobody has approved this yet.',
    refused: 'This was refused.',
    withdrawn: 'This was withdrawn.',
    expired: 'The time for this ran out. Ask again.',
    done: 'This was done already, and is done only once. Ask again if it is needed again.',
  },
};
