export { decisionWords } from './errors.ts';
export { refusalToDecide, approvalPolicy } from './policy.ts';
export type { ActFile, ActPlan, ActResult, ApprovalAct, ApprovalRequest } from './request.ts';
export { createApprovals, type Approvals } from './service.ts';
export { isOverdue } from './steps.ts';
