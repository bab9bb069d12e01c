export { decisionWords } from './errors.ts';
export { refusalToDecide } from './policy.ts';
export type { ApprovalAct, ApprovalRequest } from './request.ts';
export { createApprovals, type Approvals } from './service.ts';
export { expireOverdue, isOverdue } from './steps.ts';
