import type { TenantId, UserId } from '#contracts/ids';
import { secondFactors, type SecondFactor } from '../fresh.ts';
import type { Library } from './library.ts';
import type { SignInMethod } from './steps.ts';

export interface SignedInUser {
  readonly id: UserId;
  readonly name: string;
  readonly email: string;
}

export interface AuthSession {
  readonly sessionId: string;
  readonly user: SignedInUser;
  /** When the session was last used, to the minute. */
  readonly usedAtMs: number;
  readonly method: SignInMethod;
  /** The second factor last shown in this session; null = none was. */
  readonly provedBy: SecondFactor | null;
  /** The one company that the session reaches, when that company's identity provider vouched for the person. */
  readonly boundTenantId: TenantId | null;
}

export async function readSession(
  library: Library,
  headers: Headers,
  touch: boolean,
): Promise<AuthSession | null> {
  if (!headers.has('cookie')) return null;
  const found = await library.api.getSession({ headers, query: { disableRefresh: !touch } });
  if (found === null) return null;
  const { session, user } = found;
  return {
    sessionId: session.id,
    user: { id: user.id as UserId, name: user.name, email: user.email },
    usedAtMs: session.updatedAt.getTime(),
    method: methodFrom(session.signedInBy),
    provedBy: secondFactors.find((one) => one === session.provedBy) ?? null,
    boundTenantId: (session.boundTenantId ?? null) as TenantId | null,
  };
}

const methods: readonly SignInMethod[] = ['password', 'sso', ...secondFactors];
/** What is not known counts as the weakest. */
const methodFrom = (text: string | null | undefined): SignInMethod =>
  methods.find((one) => one === text) ?? 'password';

/** Ends one session. */
export async function endSession(library: Library, sessionId: string): Promise<void> {
  const context = await library.$context;
  const session = await context.adapter.findOne<{ token: string }>({
    model: 'session',
    where: [{ field: 'id', value: sessionId }],
  });
  if (session !== null) await context.internalAdapter.deleteSession(session.token);
}
