export {
  systemContext,
  vendorContext,
  type ActContext,
  type AuditDraft,
  type AuditEntry,
  type Json,
} from './entry.ts';
export { type AuditFilter } from './filter.ts';
export { createAudit, type Audit } from './service.ts';
export { verifyAudit, type AuditVerification, type VerifyOptions } from './verify.ts';
