export {
  actorTypes,
  systemContext,
  vendorContext,
  type ActContext,
  type Actor,
  type ActorType,
  type AuditDraft,
  type AuditEntry,
  type Json,
} from './entry.ts';
export type { ChainHead } from './chain.ts';
export { auditFilterSchema, auditPageSchema, type AuditFilter, type AuditPage } from './filter.ts';
export { createAudit, type Audit } from './service.ts';
export {
  verifyAudit,
  type Anchor,
  type AuditVerification,
  type Finding,
  type FindingKind,
  type VerifyOptions,
} from './verify.ts';
