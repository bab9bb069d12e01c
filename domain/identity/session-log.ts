import type { Audit } from '#domain/audit';
import type { Tx } from '#platform/postgres';
import type { SessionEvent } from './auth/events.ts';
import { findTenantsOfUser } from './memberships.postgres.ts';

/** The acts by which the log knows what befell sessions and factors; the README lists them with their fields. */
const acts = {
  started: 'identity:session:start',
  ended: 'identity:session:end',
  refused: 'identity:session:refuse',
  locked: 'identity:session:lock',
} as const;

/** Writes an event to the log of every company that the user belongs to; an address that nobody has leaves no trace. */
export async function recordSession(
  { audit }: { readonly audit: Audit },
  tx: Tx,
  event: SessionEvent,
): Promise<void> {
  const found = await findTenantsOfUser(tx, 'email' in event ? { email: event.email } : event);
  if (found === null) return;
  const { user, tenantIds } = found;
  const bound = 'boundTenantId' in event ? (event.boundTenantId ?? null) : null;
  for (const tenantId of tenantIds.filter((one) => bound === null || one === bound)) {
    const draft = {
      actor: { type: 'user' as const, id: user.id, name: user.name },
      ip: event.ip,
      sessionId: 'sessionId' in event ? event.sessionId : null,
      requestId: null,
      act: event.kind === 'factor' ? `identity:factor:${event.change}` : acts[event.kind],
      subject: { type: 'user', id: user.id },
      after: { ...details(event), agent: event.agent?.slice(0, 300) ?? null },
    };
    await audit.append(tx, tenantId, [draft]);
  }
}

function details(event: SessionEvent): { by?: string; step?: string; waitS?: number } {
  switch (event.kind) {
    case 'started':
      return { by: event.method };
    case 'refused':
      return { step: event.step };
    case 'locked':
      return { waitS: event.waitS };
    case 'ended':
    case 'factor':
      return {};
  }
}
