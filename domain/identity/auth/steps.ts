import type { Role } from '#contracts/roles';
import type { FactorRule, HeldFactors, SecondFactor } from '../fresh.ts';

/** The last step by which a session began. */
export type SignInMethod = 'password' | 'sso' | SecondFactor;

/** Roles whose holders must have a passkey, and show it in each session: those who may change who may do what. */
const passkeyRoles: readonly Role[] = ['CompanyAdmin', 'ComplianceManager'];

export const mustHoldPasskey = (role: Role | null): boolean => role !== null && passkeyRoles.includes(role);

/** What is still asked of somebody before the session opens anything: show the passkey, or take up the first one. */
export type SignInStep = 'show-passkey' | 'enrol-passkey';

export interface SignInState {
  readonly role: Role | null;
  readonly method: SignInMethod;
  /** The second factor last shown in this session. */
  readonly provedBy: SecondFactor | null;
  readonly held: HeldFactors;
  readonly rule: FactorRule;
}

/**
 * The step that is left, or null when signing in is over. Codes of an authenticator app are asked before there is a
 * session at all, so nobody who has one arrives here by password alone.
 */
export function stepLeft({ role, method, provedBy, held, rule }: SignInState): SignInStep | null {
  if (provedBy === 'passkey') return null;
  if (mustHoldPasskey(role)) {
    // A recovery code is for who lost the passkey: it leads to a new one.
    if (held.passkeys > 0 && provedBy !== 'recovery_code') return 'show-passkey';
    return rule === 'required' ? 'enrol-passkey' : null;
  }
  if (provedBy !== null) return null;
  return method === 'password' && held.passkeys > 0 ? 'show-passkey' : null;
}

/** What a path of the sign-in service says about the session that it makes; null = nothing is shown by it. */
export function methodOf(path: string | undefined): SignInMethod | null {
  switch (path) {
    case '/sign-in/email':
      return 'password';
    case '/two-factor/verify-totp':
      return 'totp';
    case '/two-factor/verify-backup-code':
      return 'recovery_code';
    case '/passkey/verify-authentication':
      return 'passkey';
    default:
      return path !== undefined && path.startsWith('/sso/') ? 'sso' : null;
  }
}

/** The fields of a new session that tell how its person showed who they are. */
export function proofFields(path: string | undefined, at: Date) {
  const method = methodOf(path);
  if (method === null) return {};
  const shown = { signedInBy: method, confirmedAt: at };
  return method === 'password' || method === 'sso' ? shown : { ...shown, provedAt: at, provedBy: method };
}
