import type { Machine } from '#platform/state-machine';
import type { ReportChoice, ReportRefusal, ReportState, ReportTrigger } from './report-states.ts';
import { adverse } from './states-adverse.ts';
import { beforeNotice } from './states-before-notice.ts';

export const reportMachine: Machine<ReportState, ReportTrigger, ReportRefusal, ReportChoice> = {
  refusals: {
    not_authorised: 'Disclosure and authorisation come first (15 USC 1681b(b)(2))',
    no_finding: 'There is no finding to decide on',
    notices_first: 'Copy, summary of rights and the wait come first (15 USC 1681b(b)(3)(A))',
    wrong_branch: 'That notice belongs to the other branch of 15 USC 1681b(b)(3)',
    closed: 'The report is closed: only a revised report or a new order',
  },
  transitions: { ...beforeNotice, ...adverse },
};
