import {
  approvalViews,
  type ApprovalKind,
  type ApprovalState,
  type ApprovalView,
} from '#contracts/screens/approvals';

export const approvalsPageSize = 25;

/** What the address of the inbox asks for. */
export function readApprovalsAddress(parameters: URLSearchParams): { view: ApprovalView; page: number } {
  return {
    view: approvalViews.find((view) => view === parameters.get('view')) ?? 'waiting',
    page: Math.max(1, Math.trunc(Number(parameters.get('page') ?? '1')) || 1),
  };
}

export const kindNames: Record<ApprovalKind, string> = {
  pii_export: 'Export with names',
  dq_packet: 'DQ packet',
  person_package: 'All data on a person',
  role_grant: 'Privileged role',
  rule_activation: 'Rule activation',
  legal_hold: 'Legal hold',
};

export const stateNames: Record<ApprovalState, string> = {
  requested: 'Waiting',
  approved: 'Approved',
  refused: 'Refused',
  withdrawn: 'Withdrawn',
  expired: 'Expired',
  done: 'Done',
};
