/** Roles of the embedded engine and what each row must satisfy to be read. A server has its own, made by SQL. */
export interface EngineAccess {
  /** Grants by role, as SQL without `TO …`: `GRANT SELECT ON a.b`. Every role is given to the one user that there is. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  /** Condition in SQL by table of the database; may ask `currentRoles()`. Runs before what a question says. */
  readonly rowFilters: Readonly<Record<string, string>>;
}

/** The engine's configuration with these roles, as XML that names itself: users are read from the same file. */
export function renderAccess(access: EngineAccess, database: string, file: string): string {
  const roles = Object.entries(access.roles).map(
    ([role, grants]) => `<${role}><grants>${grants.map(query).join('')}</grants></${role}>`,
  );
  const granted = Object.keys(access.roles).map((role) => query(`GRANT ${role}`));
  const filters = Object.entries(access.rowFilters).map(
    ([table, filter]) => `<${table}><filter>${escaped(filter)}</filter></${table}>`,
  );
  return `<clickhouse>
<users_config>${escaped(file)}</users_config>
<profiles><default></default></profiles><quotas><default></default></quotas>
<roles>
${roles.join('\n')}
</roles>
<users><default><password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
<grants>${granted.join('')}</grants>
<databases><${database}>
${filters.join('\n')}
</${database}></databases>
</default></users>
</clickhouse>
`;
}

const query = (sql: string): string => `<query>${escaped(sql)}</query>`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
