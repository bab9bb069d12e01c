import type { UserId } from '#contracts/ids';
import type { SignInMethod } from './steps.ts';

/** Where something was done from. */
export interface Whence {
  readonly ip: string | null;
  /** What the browser says it is. */
  readonly agent: string | null;
}

/** What somebody changed of how they sign in, or showed again. */
export type FactorChange =
  | 'passkey-add'
  | 'passkey-remove'
  | 'totp-add'
  | 'totp-remove'
  | 'recovery-codes-make'
  | 'password-change'
  /** An operator took them all away. */
  | 'reset'
  /** A factor was shown again within a session. */
  | 'prove';

/**
 * A session began, ended (signed out, expired, revoked), a sign-in failed, an address had to wait after too many failures,
 * or a factor changed.
 */
export type SessionEvent = Whence &
  (
    | {
        readonly kind: 'started';
        readonly sessionId: string;
        readonly userId: UserId;
        readonly method: SignInMethod;
        /** Set when one company's identity provider vouched: no other company is told. */
        readonly boundTenantId?: string | null;
      }
    | {
        readonly kind: 'ended';
        readonly sessionId: string;
        readonly userId: UserId;
        readonly boundTenantId?: string | null;
      }
    | { readonly kind: 'refused'; readonly email: string; readonly step: RefusedStep }
    | { readonly kind: 'locked'; readonly email: string; readonly waitS: number }
    | {
        readonly kind: 'factor';
        /** Null for an operator's act. */
        readonly sessionId: string | null;
        readonly userId: UserId;
        readonly change: FactorChange;
      }
  );

/** At which step a sign-in failed. */
export type RefusedStep = 'password' | 'code' | 'passkey' | 'sso';

export type Listener = (event: SessionEvent) => Promise<void> | void;
