import { sql } from 'kysely';
import { modules, type Module } from '#contracts/modules';
import type { App } from '../../src/lib/server/app.ts';
import type { PlantedCompany } from './companies.ts';

const idPattern = /\b[a-z]{3}_[0-7][0-9a-hjkmnp-tv-z]{25}\b/g;

export const idsIn = (text: string): Set<string> => new Set(text.match(idPattern) ?? []);

/** All that lies in the database of one company, as text by table. Read as the role that sees every company's rows. */
export async function readRows({ engines }: App, tenantId: string): Promise<ReadonlyMap<string, string[]>> {
  return engines.postgres.asSystem(async (tx) => {
    const { rows: tables } = await sql<{ name: string }>`
      select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not a.attisdropped order by 1`.execute(
      tx,
    );
    const found = new Map<string, string[]>();
    for (const { name } of tables) {
      const { rows } = await sql<{ row: string }>`
        select row_to_json(t)::text as row from ${sql.table(name)} t where tenant_id = ${tenantId}`.execute(
        tx,
      );
      found.set(
        name,
        rows.map(({ row }) => row),
      );
    }
    return found;
  });
}

/** Ids of the things of a company that procedures take. */
export interface Handles {
  /** One of each corner: in the north, in the harbour, and in neither (the field worker). */
  readonly people: readonly string[];
  readonly division: string;
  readonly location: string;
  readonly alerts: ReadonlyMap<Module, readonly string[]>;
  readonly auditEntries: readonly string[];
  readonly deadLetters: readonly string[];
  readonly reviews: readonly string[];
  readonly incidents: readonly string[];
  /** Somebody's own, and of none of those who ask. */
  readonly conversations: readonly string[];
  readonly conversationTurns: readonly string[];
  readonly endpoints: readonly string[];
  readonly approvals: readonly string[];
  readonly invitations: readonly string[];
  readonly identityProviders: readonly string[];
  readonly apiClients: readonly string[];
  readonly scimUsers: readonly string[];
  readonly scimGroups: readonly string[];
  /** Citation of a document of the company's own. */
  readonly handbook: string;
}

export async function readHandles({ engines }: App, company: PlantedCompany): Promise<Handles> {
  return engines.postgres.asTenant(company.tenantId, async (tx) => {
    const alerts = await sql<{
      id: string;
      module: Module | null;
    }>`select id, module from alerts order by id`.execute(tx);
    const audit = await sql<{ id: string; act: string }>`
      select distinct on (act) id, act from audit_entries order by act, sequence desc`.execute(tx);
    const endpoints = await sql<{ id: string }>`select id from ingest_endpoints order by id`.execute(tx);
    const reviews = await sql<{ id: string }>`select id from review_items order by id`.execute(tx);
    const approvals = await sql<{ id: string }>`select id from approval_requests order by id`.execute(tx);
    const providers = await sql<{ id: string }>`select id from identity_providers order by id`.execute(tx);
    const invitations = await sql<{ id: string }>`select id from invitations order by id`.execute(tx);
    const clients = await sql<{ id: string }>`select id from api_clients order by id`.execute(tx);
    const scimUsers = await sql<{ id: string }>`select id from scim_users order by id`.execute(tx);
    const scimGroups = await sql<{ id: string }>`select id from scim_groups order by id`.execute(tx);
    const incidents = await sql<{ id: string }>`select id from incidents order by id`.execute(tx);
    const talks = await sql<{ id: string }>`select id from conversations order by id`.execute(tx);
    const talkTurns = await sql<{ id: string }>`select id from conversation_turns order by id`.execute(tx);
    const letters = await sql<{ id: string }>`select id from dead_letters order by id`.execute(tx);
    return {
      people: [1, 3, 6].flatMap((index) => company.people.get(index) ?? []),
      division: company.divisions.South,
      location: company.locations.Quarry,
      alerts: new Map(
        modules.map((module) => [
          module,
          alerts.rows.filter((row) => row.module === module).map(({ id }) => id),
        ]),
      ),
      auditEntries: audit.rows.map(({ id }) => id),
      deadLetters: letters.rows.map(({ id }) => id),
      endpoints: endpoints.rows.map(({ id }) => id),
      reviews: reviews.rows.map(({ id }) => id),
      incidents: incidents.rows.map(({ id }) => id),
      conversations: talks.rows.map(({ id }) => id),
      conversationTurns: talkTurns.rows.map(({ id }) => id),
      invitations: invitations.rows.map(({ id }) => id),
      identityProviders: providers.rows.map(({ id }) => id),
      apiClients: clients.rows.map(({ id }) => id),
      scimUsers: scimUsers.rows.map(({ id }) => id),
      scimGroups: scimGroups.rows.map(({ id }) => id),
      handbook: `${company.word} handbook`,
      approvals: approvals.rows.map(({ id }) => id),
    };
  });
}

/** What the rules wrote for the DER's eyes alone: sentences and ids of changes. */
export async function readDerOnly({ engines }: App, company: PlantedCompany): Promise<string[]> {
  const { rows } = await engines.postgres.asTenant(company.tenantId, (tx) =>
    sql<{ id: string; audience: string; message: string | null }>`
      select h.id, h.audience, r.value ->> 'message' as message
      from flag_history h left join jsonb_array_elements(h.decision -> 'reasons') r on true`.execute(tx),
  );
  const general = new Set(rows.filter(({ audience }) => audience !== 'der').map(({ message }) => message));
  const secret = rows.filter(({ audience }) => audience === 'der');
  return [...new Set(secret.flatMap(({ id, message }) => [id, message ?? '']))].filter(
    (word) => word !== '' && !general.has(word),
  );
}

/** The sentences that the rules wrote about people, by module: personal wherever they appear. */
export async function readSentences(
  { engines }: App,
  company: PlantedCompany,
): Promise<ReadonlyMap<Module, string[]>> {
  const { rows } = await engines.postgres.asTenant(company.tenantId, (tx) =>
    sql<{ module: Module; message: string }>`
      select distinct h.module, r.value ->> 'message' as message
      from flag_history h, jsonb_array_elements(h.decision -> 'reasons') r`.execute(tx),
  );
  return new Map(
    modules.map((module) => {
      const own = rows.filter((row) => row.module === module).map(({ message }) => message);
      const elsewhere = new Set(rows.filter((row) => row.module !== module).map(({ message }) => message));
      return [module, own.filter((message) => message.length > 15 && !elsewhere.has(message))];
    }),
  );
}
