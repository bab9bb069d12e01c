import type { Postgres } from '#platform/postgres';

/** How far row security reaches in a table: see README.md. */
export type Reach = 'person' | 'user' | 'company' | 'closed';

export interface PolicyFact {
  readonly name: string;
  readonly roles: readonly string[];
  readonly restrictive: boolean;
  /** r select · a insert · w update · d delete · * all. */
  readonly command: 'r' | 'a' | 'w' | 'd' | '*';
  readonly using: string | null;
  readonly check: string | null;
}

/** A table as the database's own catalogue describes it. */
export interface TableFact {
  /** With its schema when that is not `public`. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly owner: string;
  readonly policies: readonly PolicyFact[];
  /** Roles of the application, and `public`, that were granted anything on it. */
  readonly granted: readonly string[];
}

interface Row extends Omit<TableFact, 'policies'> {
  readonly policies: readonly PolicyFact[] | null;
}

/** Every table of the database that is not the engine's own. */
export async function readTables({ pool }: Postgres): Promise<TableFact[]> {
  const { rows } = await pool.query<Row>(`
    select case when n.nspname = 'public' then c.relname else n.nspname || '.' || c.relname end as name,
      array(select attname::text from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by attnum) as columns,
      c.relrowsecurity as enabled, c.relforcerowsecurity as forced, c.relowner::regrole::text as owner,
      (select json_agg(json_build_object('name', p.polname, 'restrictive', not p.polpermissive, 'command', p.polcmd,
          'roles', array(select case r when 0 then 'public' else r::regrole::text end from unnest(p.polroles) r),
          'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid))
          order by p.polname)
        from pg_policy p where p.polrelid = c.oid) as policies,
      array(select distinct case g.grantee when 0 then 'public' else g.grantee::regrole::text end
        from aclexplode(c.relacl) g where g.grantee <> c.relowner order by 1) as granted
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    order by 1`);
  return rows.map((row) => ({ ...row, policies: row.policies ?? [] }));
}

/** What a table tells about, by its columns. */
export function reachOf({ columns }: TableFact, userTables: readonly string[], name: string): Reach {
  if (!columns.includes('tenant_id')) return 'closed';
  if (userTables.includes(name)) return 'user';
  return name === 'employees' || columns.includes('employee_id') ? 'person' : 'company';
}

export interface Classes {
  /** Tables of one tenant that tell of no single person, with why every viewer of the company's may be let at them. */
  readonly company: Readonly<Record<string, string>>;
  /** Of those, the ones where rows without a company are everybody's to read (policy `public_rows`). */
  readonly shared: readonly string[];
  /** Tables whose rows are a user's own. */
  readonly user: readonly string[];
  /** Tables without a tenant, with what they hold. */
  readonly closed: Readonly<Record<string, string>>;
  /** Tables without row security, with why. */
  readonly open: Readonly<Record<string, string>>;
}

const asPolicies: Record<Reach, readonly string[]> = {
  person: ['scope_rows', 'system_rows', 'tenant_rows'],
  user: ['scope_rows', 'system_rows', 'tenant_rows'],
  company: ['system_rows', 'tenant_rows'],
  closed: ['owner_rows', 'system_rows'],
};

/** Everything about the tables that is not as it must be, in words; empty = all is well. */
export function judgeCatalogue(tables: readonly TableFact[], classes: Classes): string[] {
  const names = new Set(tables.map(({ name }) => name));
  const listed = [...Object.keys(classes.company), ...classes.user, ...Object.keys(classes.open)];
  const gone = [...listed, ...Object.keys(classes.closed)].filter(
    (name) => !names.has(name) && !name.endsWith('.*'),
  );
  return [
    ...gone.map((name) => `${name}: classified here, but there is no such table`),
    ...tables.flatMap((table) => judgeTable(table, classes).map((words) => `${table.name}: ${words}`)),
  ];
}

function judgeTable(table: TableFact, classes: Classes): string[] {
  const { name, enabled, forced, policies, granted } = table;
  if (name in classes.open) return granted.length === 0 ? [] : [`open, and granted to ${granted.join(', ')}`];
  const reach = reachOf(table, classes.user, name);
  const engine = name.includes('.');
  const wanted = engine ? ['owner_rows'] : [...asPolicies[reach]];
  // The one closed table that tenants may add to.
  if (name === 'outbox') wanted.unshift('owner_rows');
  if (classes.shared.includes(name)) wanted.unshift('public_rows');
  const found = policies.map((policy) => policy.name);
  const wall = enabled && forced ? [] : ['row security is not forced'];
  const different =
    found.join() === wanted.join() ? [] : [`policies ${found.join() || 'none'} instead of ${wanted.join()}`];
  return [...wall, ...different, ...unclassified(table, reach, classes), ...judgePolicies(table)];
}

function unclassified({ name, granted }: TableFact, reach: Reach, classes: Classes): string[] {
  const outsiders = granted.filter((role) => role === 'public' || role === 'plumbline_viewer');
  const told = outsiders.map((role) => `granted to ${role}`);
  if (reach === 'company' && !(name in classes.company)) {
    return [...told, 'tells of no person by its columns: give it an employee_id, or a reason in classes.ts'];
  }
  if (reach !== 'closed') return told;
  const known = name in classes.closed || `${name.split('.')[0]}.*` in classes.closed;
  const tenants = granted
    .filter((role) => role === 'plumbline_app')
    .map(() => 'closed, yet granted to tenants');
  return [
    ...told,
    ...tenants,
    ...(known ? [] : ['has no tenant_id: give it one, or a reason in classes.ts']),
  ];
}

/** The role that each policy is for. */
const roleOf: Readonly<Record<string, (table: TableFact) => string>> = {
  tenant_rows: () => 'plumbline_app',
  public_rows: () => 'plumbline_app',
  scope_rows: () => 'plumbline_viewer',
  system_rows: () => 'plumbline_system',
  owner_rows: ({ owner }) => owner,
};

function judgePolicies(table: TableFact): string[] {
  return table.policies.flatMap(({ name, roles, restrictive }) => [
    ...(roles.join() === roleOf[name]?.(table) ? [] : [`${name} is for ${roles.join()}`]),
    ...(restrictive === (name === 'scope_rows')
      ? []
      : [`${name} is ${restrictive ? '' : 'not '}restrictive`]),
  ]);
}

/** Roles that are more than they should be, functions that run as their owner, and views. */
export async function judgeRoles({ pool }: Postgres): Promise<string[]> {
  const strong = await pool.query<{ name: string }>(`
    select rolname as name from pg_roles where rolname like 'plumbline\\_%'
      and rolname in ('plumbline_app', 'plumbline_viewer', 'plumbline_system')
      and (rolsuper or rolbypassrls or rolcanlogin or rolcreaterole)`);
  const members = await pool.query<{ name: string }>(`
    select m.member::regrole::text || ' is a ' || m.roleid::regrole::text as name from pg_auth_members m
    where m.member::regrole::text in ('plumbline_app', 'plumbline_viewer', 'plumbline_system')
      and (m.member::regrole::text, m.roleid::regrole::text) <> ('plumbline_viewer', 'plumbline_app')`);
  const functions = await pool.query<{ name: string }>(`
    select p.proname || ' runs as its owner' as name from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prosecdef and p.proname <> 'event_log_append'`);
  const views = await pool.query<{ name: string }>(`
    select c.relname || ' is a view' as name from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm', 'f')`);
  return [
    ...strong.rows.map(({ name }) => `${name} is more than a group`),
    ...[...members.rows, ...functions.rows, ...views.rows].map(({ name }) => name),
  ];
}
