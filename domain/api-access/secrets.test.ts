import { expect, it } from 'vitest';
import { roles } from '#contracts/roles';
import { permissions } from '#domain/identity';
import { rightsOf, scopesOf } from './scopes.ts';
import { hashOf, isToken, matches, newSecret, newToken, prefixOf } from './secrets.ts';

it('a secret is known by its prefix, and only the whole of it matches', () => {
  const { secret, prefix, hash } = newSecret();
  expect(prefixOf(secret)).toBe(prefix);
  expect(matches(secret, hash)).toBe(true);
  expect(matches(`${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`, hash)).toBe(false);
  expect(hash).not.toContain(secret.slice(20));
  for (const text of ['', prefix, `${secret} `, secret.toUpperCase(), `plk_zz${secret.slice(6)}`])
    expect(prefixOf(text), text).toBeNull();
});

it('tokens are another kind of thing', () => {
  const { token, hash } = newToken();
  expect([isToken(token), prefixOf(token), hashOf(token)]).toEqual([true, null, hash]);
  expect(isToken(newSecret().secret)).toBe(false);
});

it('no role hands on what it does not hold, and none approving, exporting or settings', () => {
  for (const role of roles) {
    for (const scope of scopesOf(role).filter((one) => one !== 'scim')) {
      const [area, right] = scope.split(':') as [keyof (typeof permissions)['DER'], string];
      const held: readonly string[] = permissions[role][area];
      expect(held.includes(right) || (right === 'status' && held.includes('view')), `${role} ${scope}`).toBe(
        true,
      );
    }
    expect(scopesOf(role).filter((one) => /approve|export|administration:write|billing/.test(one))).toEqual(
      [],
    );
  }
  expect(roles.filter((role) => scopesOf(role).includes('scim'))).toEqual([
    'CompanyAdmin',
    'ComplianceManager',
  ]);
});

it('scopes become rights by area; scim gives none', () => {
  expect(rightsOf(['training:view', 'scim', 'training:write'])).toEqual({ training: ['view', 'write'] });
});
