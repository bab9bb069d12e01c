import type { Id, UserId } from '#contracts/ids';
import type { Area } from '#contracts/roles';
import type { ApprovalKind, ApprovalState } from '#contracts/screens/approvals';
import type { Instant } from '#contracts/time';
import type { Scope } from '#domain/identity';
import type { ActContext } from '#domain/audit';
import type { Tx } from '#platform/postgres';

interface Person {
  readonly id: UserId;
  readonly name: string;
}

/** An act that was asked for. Everything up to `expiresAt` stays as it was asked. */
export interface ApprovalRequest {
  readonly id: Id<'approval'>;
  readonly kind: ApprovalKind;
  readonly state: ApprovalState;
  readonly areas: readonly Area[];
  readonly divisionIds: readonly string[] | null;
  readonly locationIds: readonly string[] | null;
  readonly payload: unknown;
  readonly title: string;
  readonly effects: readonly string[];
  readonly reason: string;
  readonly aboutUserId: UserId | null;
  readonly requestedBy: Person;
  readonly requestedAt: Instant;
  readonly expiresAt: Instant;
  readonly decision: { readonly by: Person; readonly at: Instant; readonly reason: string } | null;
  readonly closedAt: Instant | null;
  readonly outcome: string;
}

/** What will happen, in the words that both people read. */
export interface ActPlan {
  readonly title: string;
  /** One sentence each. */
  readonly effects: readonly string[];
  readonly areas: readonly Area[];
  /** The user whom it makes more powerful. */
  readonly aboutUserId?: UserId;
}

export interface ActFile {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

export interface ActResult {
  /** What came of it, without personal data: it is kept. */
  readonly outcome: string;
  readonly file?: ActFile;
}

/** How one kind of act is planned and carried out: by the approval itself (`effect`), or fetched by the requester (`make`). */
export interface ApprovalAct {
  /** Outside any transaction. Throws where the payload names what is not there or not the viewer's. */
  plan(scope: Scope, payload: unknown): Promise<ActPlan>;
  /** For acts that run at approval: the effect, in the transaction that is given. Called once per request. */
  effect?(tx: Tx, scope: Scope, request: ApprovalRequest, context: ActContext): Promise<ActResult>;
  /**
   * For acts that the requester fetches: reads what is handed out, outside any transaction and without effect. When two
   * fetch at once both are made and one is handed out.
   */
  make?(scope: Scope, request: ApprovalRequest, context: ActContext): Promise<ActResult>;
}
