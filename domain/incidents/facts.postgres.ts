import { sql } from 'kysely';
import type { Id } from '#contracts/ids';
import type { Role } from '#contracts/roles';
import { permissions } from '#domain/identity';
import { networkOf } from '#platform/addresses';
import type { Tx } from '#platform/postgres';
import type { Denial, Facts, KnownNetworks, PrivilegeChange, Reading, SignIn } from './facts.ts';

/** Acts of the audit log that the watch reads. Whoever adds a way to sign in or to carry data out adds its act here. */
const signInActs: Readonly<Record<string, SignIn['outcome']>> = {
  'identity:session:start': 'succeeded',
  'identity:session:refuse': 'failed',
  'identity:session:lock': 'locked',
};
const privilegeActs = [
  'identity:membership:grant',
  'identity:membership:change',
  'identity:membership:revoke',
  'identity:membership:suspend',
  'identity:membership:resume',
];
const exportActs = ['people:list:export'];
/** One guarded value, or one guarded record, of one person. */
const revealActs = ['privacy:field:reveal', 'need_to_know:record:reveal'];
const watchedActs = [...Object.keys(signInActs), ...privilegeActs, ...exportActs, ...revealActs];

/** Roles that may change the rules, settings and rights of a company. */
const administering = (Object.keys(permissions) as Role[]).filter((role) =>
  permissions[role].administration.includes('write'),
);

/** More facts than anybody reads; the oldest of the window go first. */
const mostFacts = 5000;

interface ActRow {
  id: Id<'auditEntry'>;
  at: Date;
  actor_id: string;
  actor_name: string;
  act: string;
  subject_id: string;
  ip: string | null;
  role: string | null;
  people: number | null;
  agent: string | null;
}

interface TallyRow {
  user_id: string;
  user_name: string;
  kind: 'denied' | 'opened';
  what: string;
  minute: Date;
  ip: string;
  count: number;
}

/** What happened in the transaction's tenant since an instant. */
export async function readFacts(
  tx: Tx,
  { since, rememberedSince }: { since: string; rememberedSince: string },
): Promise<Facts> {
  const acts = await readActs(tx, since);
  const tallies = await readTallies(tx, since);
  const signIns = acts.flatMap(toSignIn);
  const users = [...new Set(signIns.map(({ userId }) => userId))];
  return {
    signIns,
    privilegeChanges: acts.flatMap(toPrivilegeChange),
    readings: [...acts.flatMap(toExport), ...tallies.flatMap(toReading)].toSorted((one, other) =>
      one.at.localeCompare(other.at),
    ),
    denials: tallies.flatMap(toDenial),
    known: await readKnown(tx, users, rememberedSince, since),
    administrators: await readAdministrators(tx),
  };
}

async function readActs(tx: Tx, since: string): Promise<ActRow[]> {
  const { rows } = await sql<ActRow>`
    select * from (
      select id, at, actor_id, actor_name, act, subject_id, ip, after ->> 'role' as role,
        (after -> 'people')::int as people, after ->> 'agent' as agent, sequence
      from audit_entries
      where actor_type = 'user' and at >= ${since}::timestamptz and act = any(${watchedActs}::text[])
      order by sequence desc limit ${mostFacts}
    ) newest order by at, sequence`.execute(tx);
  return rows;
}

async function readTallies(tx: Tx, since: string): Promise<TallyRow[]> {
  const { rows } = await sql<TallyRow>`
    select * from (
      select user_id, user_name, kind, what, minute, ip, count from access_tallies
      where minute >= ${since}::timestamptz order by minute desc limit ${mostFacts}
    ) newest order by minute, what`.execute(tx);
  return rows;
}

/** Where these users signed in before the window. */
async function readKnown(
  tx: Tx,
  users: readonly string[],
  from: string,
  to: string,
): Promise<ReadonlyMap<string, KnownNetworks>> {
  if (users.length === 0) return new Map();
  const { rows } = await sql<{ user_id: string; ip: string | null; agent: string | null; count: number }>`
    select actor_id as user_id, ip, after ->> 'agent' as agent, count(*)::int as count from audit_entries
    where actor_type = 'user' and actor_id = any(${users}::text[]) and act = 'identity:session:start'
      and at >= ${from}::timestamptz and at < ${to}::timestamptz
    group by 1, 2, 3`.execute(tx);
  const known = new Map<string, KnownNetworks>();
  for (const { user_id: userId, ip, agent, count } of rows) {
    const device = deviceOf(agent);
    const before = known.get(userId);
    const network = networkOf(ip);
    known.set(userId, {
      networks: new Set([...(before?.networks ?? []), ...(network === null ? [] : [network])]),
      devices: new Set([...(before?.devices ?? []), ...(device === null ? [] : [device])]),
      signIns: (before?.signIns ?? 0) + count,
    });
  }
  return known;
}

async function readAdministrators(tx: Tx): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ user_id: string }>`
    select user_id from memberships where role = any(${administering}::text[])`.execute(tx);
  return new Set(rows.map(({ user_id: userId }) => userId));
}

/** What a browser says it is, without its versions: an update makes no new device. */
const deviceOf = (agent: string | null): string | null => agent?.replaceAll(/[\d.]+/g, '') ?? null;

const ofUser = (row: ActRow) => ({
  key: row.id,
  at: row.at.toISOString(),
  userId: row.actor_id,
  userName: row.actor_name,
  ip: row.ip,
  auditEntryId: row.id,
});

function toSignIn(row: ActRow): SignIn[] {
  const outcome = signInActs[row.act];
  return outcome === undefined ? [] : [{ ...ofUser(row), outcome, device: deviceOf(row.agent) }];
}

function toPrivilegeChange(row: ActRow): PrivilegeChange[] {
  if (!privilegeActs.includes(row.act)) return [];
  const privilegedRole = administering.find((role) => role === row.role) ?? null;
  return [{ ...ofUser(row), act: row.act, of: row.subject_id, privilegedRole }];
}

function toExport(row: ActRow): Reading[] {
  if (revealActs.includes(row.act)) return [{ ...ofUser(row), how: 'opened', people: 1 }];
  return exportActs.includes(row.act) && row.people !== null && row.people > 0
    ? [{ ...ofUser(row), how: 'exported', people: row.people }]
    : [];
}

const ofTally = (row: TallyRow) => ({
  key: `${row.kind} ${row.user_id} ${row.what} ${row.minute.toISOString()} ${row.ip}`,
  at: row.minute.toISOString(),
  userId: row.user_id,
  userName: row.user_name,
  ip: row.ip === '' ? null : row.ip,
  auditEntryId: null,
});

const toReading = (row: TallyRow): Reading[] =>
  row.kind === 'opened' ? [{ ...ofTally(row), how: 'opened', people: row.count }] : [];

const toDenial = (row: TallyRow): Denial[] =>
  row.kind === 'denied' ? [{ ...ofTally(row), what: row.what, count: row.count }] : [];
