import { betterAuth } from 'better-auth';
import type { TenantId, UserId } from '#contracts/ids';
import type { Clock } from '#platform/clock';
import type { HeldFactors } from '../fresh.ts';
import { readProviderKey } from '../sso/provider-key.ts';
import type { Listener } from './events.ts';
import { authOptions, type AuthParts } from './options.ts';
import { methodOf, proofFields } from './steps.ts';

export interface LibraryParts extends AuthParts {
  readonly clock: Clock;
  readonly tell: Listener;
  readonly factorsOf: (userId: UserId) => Promise<HeldFactors>;
}

interface SessionRow {
  readonly id: string;
  readonly userId: string;
  readonly ipAddress?: string | null | undefined;
  readonly userAgent?: string | null | undefined;
  readonly boundTenantId?: unknown;
}

const boundIn = ({ boundTenantId }: SessionRow) =>
  typeof boundTenantId === 'string' ? { boundTenantId } : {};

const whence = (session: SessionRow) => ({
  ip: session.ipAddress || null,
  agent: session.userAgent || null,
});

/** better-auth as this product uses it: each session knows how it began, and its begin and end are told. */
export function makeLibrary(parts: LibraryParts) {
  const { tell } = parts;
  return betterAuth({
    ...authOptions(parts),
    databaseHooks: {
      session: {
        create: {
          before: (session, context) => {
            const at = new Date(parts.clock.nowMs());
            const bound = boundTo(context?.path, context?.params);
            return Promise.resolve({ data: { ...session, ...proofFields(context?.path, at), ...bound } });
          },
          after: async (session, context) => {
            const userId = session.userId as UserId;
            const method = methodOf(context?.path) ?? 'password';
            // The library ends this one at once and asks for a code: nobody is signed in yet.
            if (method === 'password' && (await parts.factorsOf(userId)).totp) return;
            await tell({
              kind: 'started',
              sessionId: session.id,
              userId,
              method,
              ...boundIn(session),
              ...whence(session),
            });
          },
        },
        delete: {
          after: async (session, context) => {
            if (context?.path === '/sign-in/email') return;
            const userId = session.userId as UserId;
            await tell({
              kind: 'ended',
              sessionId: session.id,
              userId,
              ...boundIn(session),
              ...whence(session),
            });
          },
        },
      },
    },
  });
}

/** The company whose identity provider vouched. Throws when that cannot be told: such a session would reach all. */
function boundTo(path: string | undefined, params: unknown): { boundTenantId?: TenantId } {
  if (methodOf(path) !== 'sso') return {};
  const key: unknown =
    typeof params === 'object' && params !== null ? Reflect.get(params, 'providerId') : undefined;
  const read = readProviderKey(typeof key === 'string' ? key : undefined);
  if (read === null) throw new Error('a session by an identity provider of no company');
  return { boundTenantId: read.tenantId };
}

export type Library = ReturnType<typeof makeLibrary>;
