import { describe, expect, it } from 'vitest';
import { methodOf, proofFields, stepLeft, type SignInState } from './steps.ts';

const none = { passkeys: 0, totp: false };
const key = { passkeys: 1, totp: false };
const begun: SignInState = { role: 'DER', method: 'password', provedBy: null, held: none, rule: 'required' };
const admin = { ...begun, role: 'CompanyAdmin' } as const;

describe('the step that is left', () => {
  it.each<[string, Partial<SignInState>, ReturnType<typeof stepLeft>]>([
    ['without a passkey', {}, 'enrol-passkey'],
    ['without a passkey, where it is only asked for', { rule: 'asked' }, null],
    ['with one, by password', { held: key }, 'show-passkey'],
    ['with one, by password, where it is only asked for', { held: key, rule: 'asked' }, 'show-passkey'],
    ['with one, by a code', { held: key, method: 'totp', provedBy: 'totp' }, 'show-passkey'],
    ['without one, by a code', { method: 'totp', provedBy: 'totp' }, 'enrol-passkey'],
    ['by another’s word', { held: key, method: 'sso' }, 'show-passkey'],
    ['by the passkey', { held: key, method: 'passkey', provedBy: 'passkey' }, null],
    ['who lost it', { held: key, method: 'recovery_code', provedBy: 'recovery_code' }, 'enrol-passkey'],
  ])('for who administers: %s', (_what, more, step) => {
    expect(stepLeft({ ...admin, ...more })).toBe(step);
    expect(stepLeft({ ...admin, role: 'ComplianceManager', ...more })).toBe(step);
  });

  it.each<[string, Partial<SignInState>, ReturnType<typeof stepLeft>]>([
    ['by password', {}, null],
    ['by password, with a passkey', { held: key }, 'show-passkey'],
    ['by a code, with a passkey', { held: key, method: 'totp', provedBy: 'totp' }, null],
    ['by another’s word, with a passkey', { held: key, method: 'sso' }, null],
    ['a field worker', { role: null }, null],
  ])('for anybody else: %s', (_what, more, step) => {
    expect(stepLeft({ ...begun, ...more })).toBe(step);
  });
});

describe('a new session', () => {
  const at = new Date('2026-11-20T12:00:00Z');

  it.each([
    ['/sign-in/email', { signedInBy: 'password', confirmedAt: at }],
    ['/sso/callback/:providerId', { signedInBy: 'sso', confirmedAt: at }],
    ['/sso/saml2/sp/acs/:providerId', { signedInBy: 'sso', confirmedAt: at }],
    [
      '/passkey/verify-authentication',
      { signedInBy: 'passkey', confirmedAt: at, provedAt: at, provedBy: 'passkey' },
    ],
    ['/two-factor/verify-totp', { signedInBy: 'totp', confirmedAt: at, provedAt: at, provedBy: 'totp' }],
  ])('by %s knows what was shown', (path, fields) => {
    expect(proofFields(path, at)).toEqual(fields);
  });

  it.each([undefined, '/two-factor/disable', '/change-password'])('by %s shows nothing new', (path) => {
    expect([methodOf(path), proofFields(path, at)]).toEqual([null, {}]);
  });
});
