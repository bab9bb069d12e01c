import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { urns } from '#domain/provisioning';
import { context } from '../../../../tests/isolation/companies.ts';
import {
  ask,
  openRestStage,
  type Bring,
  type RestStage,
  type Told,
} from '../../../../tests/support/rest-stage.ts';

let stage: RestStage;
let key: string;
let otherKey: string;
beforeAll(async () => {
  stage = await openRestStage();
  key = (await stage.makeKey(['scim'])).secret;
  otherKey = (await stage.makeKey(['scim'], {}, stage.borealis)).secret;
}, 120_000);
afterAll(() => stage.close());

const scim = (method: string, path: string, bring: Bring = {}): Promise<Told> =>
  ask(`${stage.origin}/scim/v2${path}`, method, {
    key,
    ...bring,
    headers: {
      ...(bring.body === undefined ? {} : { 'content-type': 'application/scim+json' }),
      ...bring.headers,
    },
  });

interface Shown {
  id: string;
  active: boolean;
  userName: string;
  members?: { value: string }[];
  groups?: { value: string }[];
  meta: { version: string; location: string };
}
const shown = ({ json }: Told) => json as Shown;
const listed = ({ json }: Told) => json as { totalResults: number; Resources: Shown[]; itemsPerPage: number };
const oktaUser = (userName: string, more: object = {}) => ({
  schemas: [urns.user],
  userName,
  name: { givenName: 'Marta', familyName: 'Quill' },
  emails: [{ primary: true, value: userName, type: 'work' }],
  displayName: 'Marta Quill',
  locale: 'en-US',
  externalId: `00u-${userName}`,
  groups: [],
  password: 'of no use here',
  active: true,
  ...more,
});
const entraPatch = (...operations: object[]) => ({ schemas: [urns.patch], Operations: operations });

/** The role by which the person belongs to Alder; undefined = does not, `suspended` = is not let in. */
async function roleOf(userName: string): Promise<string | null | undefined> {
  const { rows } = await stage.planted.app.engines.postgres.asSystem((tx) =>
    sql<{ role: string | null; suspended_at: Date | null }>`
      select m.role, m.suspended_at from memberships m join auth_users u on u.id = m.user_id
      where u.email = ${userName.toLowerCase()} and m.tenant_id = ${stage.alder.tenantId}`.execute(tx),
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  return row.suspended_at === null ? row.role : 'suspended';
}

async function mapTo(groupId: string, role: 'SafetyManager' | 'HROnboarding' | 'CompanyAdmin' | null) {
  const places = { divisionIds: role === 'SafetyManager' ? [stage.alder.north] : null, locationIds: null };
  await stage.planted.app.services.provisioning.map(
    stage.adminOf(stage.alder),
    { groupId, role, ...places },
    context,
  );
}

describe('the door', () => {
  it('asks for the scope scim, and tells what it offers', async () => {
    expect((await ask(`${stage.origin}/scim/v2/Users`, 'GET', {})).status).toBe(401);
    const refused = await scim('GET', '/Users', { key: stage.key });
    expect([refused.status, refused.json]).toMatchObject([403, { schemas: [urns.error], status: '403' }]);
    expect((await scim('GET', '/ServiceProviderConfig')).json).toMatchObject({
      patch: { supported: true },
      etag: { supported: true },
    });
    for (const path of ['/Schemas', '/ResourceTypes', `/Schemas/${urns.user}`, '/ResourceTypes/Group']) {
      const told = await scim('GET', path);
      expect([told.status, told.headers.get('content-type')]).toEqual([
        200,
        'application/scim+json; charset=utf-8',
      ]);
    }
    expect((await scim('GET', '/Me')).status).toBe(404);
    expect((await scim('PATCH', '/Users', { body: {} })).headers.get('allow')).toBe('GET, POST');
  });
});

describe('as Okta provisions', () => {
  it('looks for a user, makes one, reads, replaces and deactivates it', async () => {
    const userName = 'marta.quill@okta.example';
    const filter = encodeURIComponent(`userName eq "${userName}"`);
    const none = await scim('GET', `/Users?filter=${filter}&startIndex=1&count=100`);
    expect(listed(none)).toMatchObject({ totalResults: 0, Resources: [] });
    const made = await scim('POST', '/Users', { body: oktaUser(userName) });
    expect(made.status, made.text).toBe(201);
    const { id, meta } = shown(made);
    expect(made.headers.get('location')).toBe(`${stage.origin}/scim/v2/Users/${id}`);
    expect([made.headers.get('etag'), made.text.includes('of no use')]).toEqual([meta.version, false]);
    expect(listed(await scim('GET', `/Users?filter=${filter}`)).totalResults).toBe(1);
    const again = await scim('POST', '/Users', { body: oktaUser(userName.toUpperCase()) });
    expect([again.status, again.json]).toMatchObject([409, { scimType: 'uniqueness', status: '409' }]);
    const replaced = await scim('PUT', `/Users/${id}`, {
      body: { id, meta, ...oktaUser(userName, { title: 'Dispatcher' }) },
    });
    expect(replaced.json).toMatchObject({ title: 'Dispatcher', active: true });
    const off = await scim('PATCH', `/Users/${id}`, {
      body: { schemas: [urns.patch], Operations: [{ op: 'replace', value: { active: false } }] },
    });
    expect([off.status, shown(off).active]).toEqual([200, false]);
  });

  it('pushes a group with its members, renames it, and takes members out', async () => {
    const member = shown(await scim('POST', '/Users', { body: oktaUser('pim@okta.example') }));
    const group = { schemas: [urns.group], displayName: 'Yard crew', members: [] };
    const made = await scim('POST', '/Groups', { body: group });
    expect(made.status, made.text).toBe(201);
    const { id } = shown(made);
    const operations = [
      { op: 'add', path: 'members', value: [{ value: member.id, display: 'pim@okta.example' }] },
      { op: 'replace', value: { id, displayName: 'Yard and dock' } },
    ];
    const changed = await scim('PATCH', `/Groups/${id}`, { body: entraPatch(...operations) });
    expect(changed.json).toMatchObject({ displayName: 'Yard and dock', members: [{ value: member.id }] });
    expect(shown(await scim('GET', `/Users/${member.id}`)).groups).toMatchObject([{ value: id }]);
    const out = { op: 'remove', path: `members[value eq "${member.id}"]` };
    expect(shown(await scim('PATCH', `/Groups/${id}`, { body: entraPatch(out) })).members).toEqual([]);
    expect((await scim('DELETE', `/Groups/${id}`)).status).toBe(204);
    expect((await scim('GET', `/Groups/${id}`)).status).toBe(404);
  });
});

describe('as Entra ID provisions', () => {
  it('matches by externalId, makes a user with the extension, and patches in its own spelling', async () => {
    const filter = encodeURIComponent('externalId eq "0a21-77"');
    expect(listed(await scim('GET', `/Users?filter=${filter}`)).totalResults).toBe(0);
    const made = await scim('POST', '/Users', {
      body: {
        schemas: [urns.user, urns.enterprise],
        externalId: '0a21-77',
        userName: 'Jonas.Wirth@entra.example',
        active: 'True',
        addresses: [{ type: 'work', locality: 'Bremen' }],
        emails: [{ Primary: true, type: 'work', value: 'Jonas.Wirth@entra.example' }],
        name: { givenName: 'Jonas', familyName: 'Wirth' },
        [urns.enterprise]: { department: 'Quarry', employeeNumber: 'none-of-ours' },
        roles: [],
      },
    });
    expect(made.status, made.text).toBe(201);
    const { id } = shown(made);
    expect(listed(await scim('GET', `/Users?filter=${filter}`)).Resources[0]?.id).toBe(id);
    const patched = await scim('PATCH', `/Users/${id}`, {
      body: entraPatch(
        { op: 'Replace', path: 'active', value: 'False' },
        { op: 'Add', path: 'emails[type eq "work"].value', value: 'jw@entra.example' },
        { op: 'Replace', path: `${urns.enterprise}:department`, value: 'Harbour' },
        { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '555' },
        { op: 'Replace', path: 'name.familyName', value: 'Wirth-Ode' },
      ),
    });
    expect(patched.json).toMatchObject({
      active: false,
      name: { familyName: 'Wirth-Ode' },
      emails: [{ value: 'jw@entra.example' }],
      [urns.enterprise]: { department: 'Harbour' },
    });
    expect((await scim('DELETE', `/Users/${id}`)).status).toBe(204);
    expect(listed(await scim('GET', `/Users?filter=${filter}`)).totalResults).toBe(0);
  });

  it('adds and removes members by bare values, and reads groups without them', async () => {
    const member = shown(await scim('POST', '/Users', { body: oktaUser('noor@entra.example') }));
    const made = await scim('POST', '/Groups', {
      body: { schemas: [urns.group], externalId: 'g-1', displayName: 'Drivers' },
    });
    const { id } = shown(made);
    const add = { op: 'Add', path: 'members', value: [{ value: member.id }] };
    expect(shown(await scim('PATCH', `/Groups/${id}`, { body: entraPatch(add) })).members).toHaveLength(1);
    const lean = await scim('GET', `/Groups/${id}?excludedAttributes=members`);
    expect(lean.json).not.toHaveProperty('members');
    const out = { op: 'Remove', path: 'members', value: [{ value: member.id }] };
    expect(shown(await scim('PATCH', `/Groups/${id}`, { body: entraPatch(out) })).members).toEqual([]);
    const stranger = { op: 'Add', path: 'members', value: 'scu_00000000000000000000000000' };
    expect((await scim('PATCH', `/Groups/${id}`, { body: entraPatch(stranger) })).json).toMatchObject({
      scimType: 'invalidValue',
    });
  });
});

describe('what a group gives', () => {
  it('is a role with its places, taken back with the group, and never a privileged one', async () => {
    const userName = 'role@example.com';
    const { id } = shown(await scim('POST', '/Users', { body: oktaUser(userName) }));
    expect(await roleOf(userName)).toBeUndefined();
    const made = await scim('POST', '/Groups', {
      body: { schemas: [urns.group], displayName: 'Safety', members: [{ value: id }] },
    });
    const group = shown(made).id;
    expect(await roleOf(userName)).toBeUndefined();
    await mapTo(group, 'SafetyManager');
    expect(await roleOf(userName)).toBe('SafetyManager');
    await expect(mapTo(group, 'CompanyAdmin')).rejects.toThrow('scim.role_privileged');
    const forced = stage.planted.app.engines.postgres.asTenant(stage.alder.tenantId, (tx) =>
      sql`update scim_role_mappings set role = 'CompanyAdmin' where group_id = ${group}`.execute(tx),
    );
    await expect(forced).rejects.toThrow(/check constraint|violates/);
    const off = { op: 'replace', path: 'active', value: false };
    await scim('PATCH', `/Users/${id}`, { body: entraPatch(off) });
    expect(await roleOf(userName)).toBe('suspended');
    await scim('PATCH', `/Users/${id}`, { body: entraPatch({ ...off, value: true }) });
    expect(await roleOf(userName)).toBe('SafetyManager');
    await scim('DELETE', `/Groups/${group}`);
    expect(await roleOf(userName)).toBeUndefined();
  });

  it('links a person to their own record by number', async () => {
    const userName = 'own-record@example.com';
    const extension = { [urns.enterprise]: { employeeNumber: stage.alder.number } };
    const made = await scim('POST', '/Users', { body: oktaUser(userName, extension) });
    expect(made.status, made.text).toBe(201);
    expect(await roleOf(userName)).toBeNull();
  });
});

describe('a membership that a person gave', () => {
  it('keeps its role, and is only shut out: sessions end at once', async () => {
    const { app } = stage.planted;
    const email = 'hand@example.com';
    const userId = await app.services.auth.createUser({
      name: 'Hand',
      email,
      password: 'a long and lasting password',
    });
    const { tenantId } = stage.alder;
    await app.services.identity.grantMembership({ tenantId, userId, role: 'HROnboarding' }, context);
    const ended: string[] = [];
    app.services.auth.onSessionEnded(({ userId: of }) => void ended.push(of));
    await fetch(`${stage.origin}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: stage.origin },
      body: JSON.stringify({ email, password: 'a long and lasting password' }),
    });
    const made = await scim('POST', '/Users', { body: oktaUser(email) });
    expect(await roleOf(email)).toBe('HROnboarding');
    const { id } = shown(made);
    const group = await scim('POST', '/Groups', {
      body: { displayName: 'By hand', members: [{ value: id }] },
    });
    await mapTo(shown(group).id, 'SafetyManager');
    expect(await roleOf(email)).toBe('HROnboarding');
    await scim('PATCH', `/Users/${id}`, {
      body: entraPatch({ op: 'Replace', path: 'active', value: 'False' }),
    });
    expect(await roleOf(email)).toBe('suspended');
    expect(ended).toContain(userId);
    // An address of an account that a person made is not provisioning's to change.
    const renamed = await scim('PATCH', `/Users/${id}`, {
      body: entraPatch({ op: 'replace', path: 'userName', value: 'taken-over@example.com' }),
    });
    expect(renamed.json).toMatchObject({ scimType: 'mutability' });
  });
});

const title = (value: string) => ({ body: entraPatch({ op: 'replace', path: 'title', value }) });

describe('versions and pages', () => {
  it('refuse a change of what is not the newest, and know what has not changed', async () => {
    const made = await scim('POST', '/Users', { body: oktaUser('etag@example.com') });
    const { id, meta } = shown(made);
    const first = await scim('PATCH', `/Users/${id}`, {
      ...title('One'),
      headers: { 'if-match': meta.version },
    });
    expect(first.status).toBe(200);
    const stale = await scim('PATCH', `/Users/${id}`, {
      ...title('Two'),
      headers: { 'if-match': meta.version },
    });
    expect(stale.status).toBe(412);
    const newest = shown(first).meta.version;
    expect((await scim('GET', `/Users/${id}`, { headers: { 'if-none-match': newest } })).status).toBe(304);
  });

  it('begin at 1 and tell the whole count', async () => {
    const all = listed(await scim('GET', '/Users?count=200'));
    const second = listed(await scim('GET', '/Users?startIndex=2&count=2'));
    expect(second).toMatchObject({ totalResults: all.totalResults, itemsPerPage: 2 });
    expect(second.Resources.map(({ id }) => id)).toEqual(all.Resources.slice(1, 3).map(({ id }) => id));
    expect(listed(await scim('GET', '/Users?count=0'))).toMatchObject({
      Resources: [],
      totalResults: all.totalResults,
    });
  });
});

describe('another company', () => {
  it('has its own people and groups: the same names, none of the ids', async () => {
    const { id } = shown(await scim('POST', '/Users', { body: oktaUser('both@example.com') }));
    const group = shown(await scim('POST', '/Groups', { body: { displayName: 'Both' } }));
    const there = { key: otherKey };
    expect((await scim('POST', '/Users', { ...there, body: oktaUser('both@example.com') })).status).toBe(201);
    const paths = [`/Users/${id}`, `/Groups/${group.id}`];
    for (const path of paths) {
      for (const method of ['GET', 'DELETE'])
        expect((await scim(method, path, there)).status, `${method} ${path}`).toBe(404);
      for (const method of ['PUT', 'PATCH']) {
        const body = method === 'PATCH' ? entraPatch() : { ...oktaUser('x@example.com'), displayName: 'x' };
        expect((await scim(method, path, { ...there, body })).status, `${method} ${path}`).toBe(404);
      }
    }
    const foreign = await scim('POST', '/Groups', {
      ...there,
      body: { displayName: 'Theirs', members: [{ value: id }] },
    });
    expect(foreign.json).toMatchObject({ scimType: 'invalidValue' });
    const list = await scim('GET', '/Users', there);
    expect(list.text).not.toContain(id);
  });
});
