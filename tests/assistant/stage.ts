import { chatEventSchema, type ChatEvent } from '#contracts/screens/ask';
import type { EmployeeId } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import { authorize } from '#domain/identity';
import { openApp, plantCompany, type Planted, type PlantedCompany } from '../isolation/companies.ts';
import { deliver, lifeOf } from '../isolation/messages.ts';
import { signIn } from '../isolation/viewers.ts';
import { viewer } from '../../src/lib/server/testing.ts';
import { openMessagesApi, type MessagesApi } from '../support/messages-api.ts';

export type Who = 'der' | 'otherDer' | 'north' | 'worker' | 'billing' | 'auditor';

/** The real app with two living companies, whose language model is a script on this machine. */
export interface AssistantStage {
  readonly planted: Planted;
  readonly api: MessagesApi;
  readonly alder: PlantedCompany;
  readonly borealis: PlantedCompany;
  readonly cookies: Readonly<Record<Who, string>>;
  /** `POST /api/der-iq/<path>` as somebody. */
  post(who: Who, path: 'chat' | 'query', body: unknown, signal?: AbortSignal): Promise<Response>;
  /** The same, read to its end. */
  ask(who: Who, question: string, conversationId?: string | null): Promise<ChatEvent[]>;
  /** Newest entries of Alder's audit log. */
  audit(): Promise<readonly { act: string; actor: { id: string; name: string }; after: unknown }[]>;
  close(): Promise<void>;
}

const key = 'sk-ant-a-key-that-opens-nothing';

export async function openAssistantStage(): Promise<AssistantStage> {
  const api = await openMessagesApi();
  const planted = await openApp({
    env: { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: api.address, ASSISTANT_TIMEOUT_SECONDS: '5' },
  });
  const { app, origin, clock } = planted;
  const alder = await plantCompany(app, 'Alder');
  const borealis = await plantCompany(app, 'Borealis');
  await app.services.ingest.directory.refresh();
  for (const company of [alder, borealis])
    for (const message of lifeOf(company, clock.nowMs()))
      await deliver({ origin, nowMs: clock.nowMs() }, company, message);
  await app.settle();

  const seat = (name: string, role: Role | null, more: object = {}, company = alder) =>
    signIn({ planted }, name, { tenantId: company.tenantId, role, ...more }, company.tenantId);
  const cookies: Record<Who, string> = {
    der: await seat('der', 'DER'),
    otherDer: await seat('other-der', 'DER', {}, borealis),
    north: await seat('north', 'SafetyManager', { divisionIds: [alder.divisions.North] }),
    worker: await seat('worker', null, { employeeId: alder.people.get(6) as EmployeeId }),
    billing: await seat('billing', 'BillingAdmin'),
    auditor: await seat('auditor', 'ReadOnlyAuditor'),
  };
  const post: AssistantStage['post'] = (who, path, body, signal) =>
    fetch(`${origin}/api/der-iq/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, cookie: cookies[who] },
      body: JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    });
  return {
    planted,
    api,
    alder,
    borealis,
    cookies,
    post,
    ask: async (who, question, conversationId = null) =>
      eventsIn(await (await post(who, 'chat', { conversationId, question })).text()),
    audit: async () => {
      const { tenantId } = authorize(
        viewer(alder.tenantId, { role: 'CompanyAdmin' }),
        'view',
        'administration',
      );
      const { postgres } = app.engines;
      const { audit } = app.services.domain;
      return (await postgres.asTenant(tenantId, (tx) => audit.list(tx, {}, { limit: 20 }))).entries;
    },
    close: async () => {
      await planted.close();
      await api.close();
    },
  };
}

export const eventsIn = (ndjson: string): ChatEvent[] =>
  ndjson
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => chatEventSchema.parse(JSON.parse(line)));

type EventOf<T extends ChatEvent['type']> = Extract<ChatEvent, { type: T }>;

export const ofType = <T extends ChatEvent['type']>(events: readonly ChatEvent[], type: T): EventOf<T>[] =>
  events.filter((event): event is EventOf<T> => event.type === type);

export const wordsOf = (events: readonly ChatEvent[]): string =>
  ofType(events, 'text')
    .map(({ delta }) => delta)
    .join('');
