import { betterAuth } from 'better-auth';
import type { UserId } from '#contracts/ids';
import type { Clock } from '#platform/clock';
import type { HeldFactors } from '../fresh.ts';
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
}

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
          before: (session, context) =>
            Promise.resolve({
              data: { ...session, ...proofFields(context?.path, new Date(parts.clock.nowMs())) },
            }),
          after: async (session, context) => {
            const userId = session.userId as UserId;
            const method = methodOf(context?.path) ?? 'password';
            // The library ends this one at once and asks for a code: nobody is signed in yet.
            if (method === 'password' && (await parts.factorsOf(userId)).totp) return;
            await tell({ kind: 'started', sessionId: session.id, userId, method, ...whence(session) });
          },
        },
        delete: {
          after: async (session, context) => {
            if (context?.path === '/sign-in/email') return;
            const userId = session.userId as UserId;
            await tell({ kind: 'ended', sessionId: session.id, userId, ...whence(session) });
          },
        },
      },
    },
  });
}

export type Library = ReturnType<typeof makeLibrary>;
