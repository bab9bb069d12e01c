import { describe, expect, it } from 'vitest';
import { groupAttributes, urns, userAttributes } from './attributes.ts';
import { canonicalResource } from './canonical.ts';
import { applyPatch } from './patch.ts';

const user = {
  userName: 'lena.brandt@example.com',
  active: true,
  name: { givenName: 'Lena', familyName: 'Brandt' },
  emails: [
    { value: 'lena.brandt@example.com', type: 'work', primary: true },
    { value: 'lena@home.example', type: 'home' },
  ],
  [urns.enterprise]: { employeeNumber: '4711', department: 'Yard' },
};

const patch = (...operations: unknown[]) =>
  applyPatch(userAttributes, user, { schemas: [urns.patch], Operations: operations });

describe('a patch of a user', () => {
  it('takes op in any case and active as a word, as Entra sends them', () => {
    expect(patch({ op: 'Replace', path: 'active', value: 'False' })).toMatchObject({ active: false });
    expect(patch({ op: 'Add', path: 'title', value: 'Foreman' })).toMatchObject({ title: 'Foreman' });
    expect(() => patch({ op: 'replace', path: 'active', value: 'perhaps' })).toThrow('scim.value_invalid');
  });

  it('takes an object without a path, as Okta sends it', () => {
    expect(patch({ op: 'replace', value: { active: false } })).toMatchObject({ active: false });
    const renamed = patch({
      op: 'replace',
      value: { 'name.familyName': 'Brandt-Ruiz', displayName: 'Lena B.' },
    });
    expect(renamed).toMatchObject({
      name: { givenName: 'Lena', familyName: 'Brandt-Ruiz' },
      displayName: 'Lena B.',
    });
  });

  it('reaches into the extension by colon, by dot and whole', () => {
    const manager = { [urns.enterprise]: { manager: { value: 'scu_1' }, employeeNumber: '4711' } };
    expect(patch({ op: 'replace', path: `${urns.enterprise}:manager`, value: 'scu_1' })).toMatchObject(
      manager,
    );
    expect(patch({ op: 'add', path: `${urns.enterprise}.manager`, value: { value: 'scu_1' } })).toMatchObject(
      manager,
    );
    expect(patch({ op: 'add', value: { [`${urns.enterprise}:manager`]: 'scu_1' } })).toMatchObject(manager);
    expect(patch({ op: 'add', value: { [urns.enterprise]: { manager: { value: 'scu_1' } } } })).toMatchObject(
      manager,
    );
    const left = patch({ op: 'remove', path: `${urns.enterprise}:department` });
    expect(left[urns.enterprise]).toEqual({ employeeNumber: '4711' });
    expect(patch({ op: 'remove', path: urns.enterprise })).not.toHaveProperty([urns.enterprise]);
  });

  it('changes the value that a condition names, and makes it when there is none', () => {
    const changed = patch({ op: 'replace', path: 'emails[Type EQ "work"].value', value: 'l.b@example.com' });
    expect(changed['emails']).toEqual([
      { value: 'l.b@example.com', type: 'work', primary: true },
      { value: 'lena@home.example', type: 'home' },
    ]);
    const made = patch({ op: 'add', path: 'emails[type eq "other"].value', value: 'x@example.com' });
    expect(made['emails']).toContainEqual({ type: 'other', value: 'x@example.com' });
    const gone = patch({ op: 'remove', path: 'emails[type eq "home"]' });
    expect(gone['emails']).toHaveLength(1);
  });

  it('keeps one value primary', () => {
    const both = patch({ op: 'add', path: 'emails', value: [{ value: 'n@example.com', Primary: 'True' }] });
    const primary = (both['emails'] as { primary?: boolean }[]).filter((one) => one.primary === true);
    expect(primary).toHaveLength(1);
  });

  it('leaves aside what this product does not take, and what is read-only', () => {
    const operations = [
      { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '555' },
      { op: 'replace', path: 'id', value: 'scu_2' },
      { op: 'add', path: 'groups', value: [{ value: 'scg_1' }] },
      { op: 'add', value: { __proto__: { polluted: 'yes' } } },
    ];
    expect(applyPatch(userAttributes, user, { Operations: operations })).toEqual(user);
    expect({}).not.toHaveProperty('polluted');
  });

  it('says what it cannot read', () => {
    const wrong: [unknown, string][] = [
      [{ op: 'delete', path: 'title' }, 'scim.syntax_invalid'],
      [{ op: 'remove' }, 'scim.target_missing'],
      [{ op: 'add', path: '__proto__.polluted', value: 'yes' }, 'scim.path_invalid'],
      [{ op: 'replace', path: 'emails[type eq].value', value: 'x' }, 'scim.filter_invalid'],
      [{ op: 'replace', path: 'emails[[', value: 'x' }, 'scim.path_invalid'],
      [{ op: 'replace', value: 'x' }, 'scim.value_invalid'],
      [{ op: 'replace', path: 'title', value: ['x'] }, 'scim.value_invalid'],
    ];
    for (const [operation, code] of wrong) expect(() => patch(operation)).toThrow(code);
    expect(() => applyPatch(userAttributes, user, { Operations: 'all' })).toThrow('scim.syntax_invalid');
  });
});

describe('a patch of a group', () => {
  const group = { displayName: 'Yard', members: [{ value: 'scu_1' }, { value: 'scu_2' }] };
  const members = (...operations: unknown[]) =>
    applyPatch(groupAttributes, group, { Operations: operations })['members'];

  it('adds by text, by object and by list, without doubles', () => {
    const wanted = [{ value: 'scu_1' }, { value: 'scu_2' }, { value: 'scu_3' }];
    expect(members({ op: 'add', path: 'members', value: 'scu_3' })).toEqual(wanted);
    expect(members({ op: 'Add', path: 'members', value: [{ value: 'scu_3' }] })).toEqual(wanted);
    expect(members({ op: 'add', path: 'members', value: [{ value: 'scu_2' }] })).toHaveLength(2);
    expect(members({ op: 'add', value: { members: [{ value: 'scu_3', display: 'x' }] } })).toHaveLength(3);
  });

  it('removes by condition, by value and all', () => {
    expect(members({ op: 'remove', path: 'members[value eq "scu_1"]' })).toEqual([{ value: 'scu_2' }]);
    expect(members({ op: 'Remove', path: 'members', value: [{ value: 'scu_1' }] })).toEqual([
      { value: 'scu_2' },
    ]);
    expect(members({ op: 'remove', path: 'members' })).toBeUndefined();
    expect(members({ op: 'replace', path: 'members', value: [{ value: 'scu_9' }] })).toEqual([
      { value: 'scu_9' },
    ]);
  });
});

describe('what is sent', () => {
  it('is read by its proper names, with single values for lists and words for booleans', () => {
    const sent = {
      schemas: [urns.user],
      USERNAME: 'a@example.com',
      Active: 'True',
      emails: { value: 'a@example.com', Primary: true },
      name: { GivenName: 'A', honorificPrefix: null },
      password: 'kept nowhere',
      [urns.enterprise.toLowerCase()]: { EmployeeNumber: 12, manager: 'scu_1' },
    };
    expect(canonicalResource(userAttributes, sent, true)).toEqual({
      userName: 'a@example.com',
      active: true,
      emails: [{ value: 'a@example.com', primary: true }],
      name: { givenName: 'A' },
      [urns.enterprise]: { employeeNumber: '12', manager: { value: 'scu_1' } },
    });
  });
});
