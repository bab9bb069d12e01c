import { describe, expect, test } from 'vitest';
import { createCountingIds } from '#platform/ids';
import { authorize } from '#domain/identity';
import { change, flagState, viewer } from './testing.ts';
import { createPseudonyms } from './pseudonyms.ts';
import { maskChange, maskFlag, scopeKey } from './visibility.ts';

const pseudonyms = createPseudonyms(new Uint8Array(32).fill(7));
const ids = createCountingIds();
const tenantId = ids.next('tenant');
const north = ids.next('division');
const south = ids.next('division');
const see = (of: Parameters<typeof viewer>[1]) => authorize(viewer(tenantId, of), 'see', 'any-module');

describe('a live change', () => {
  const made = change({ tenantId, divisionId: north, module: 'background' });

  test('reaches an administrator whole', () => {
    expect(maskChange(see({ role: 'CompanyAdmin' }), made, pseudonyms)).toEqual(made);
  });

  test('of another tenant reaches nobody', () => {
    const other = change({ tenantId: ids.next('tenant'), module: 'background' });
    expect(maskChange(see({ role: 'CompanyAdmin' }), other, pseudonyms)).toBeNull();
  });

  test('outside the division does not reach a safety manager', () => {
    expect(maskChange(see({ role: 'SafetyManager', divisionIds: [south] }), made, pseudonyms)).toBeNull();
  });

  test('keeps only colour and hold where the role sees the status', () => {
    const seen = maskChange(see({ role: 'SafetyManager', divisionIds: [north] }), made, pseudonyms);
    expect(seen).toMatchObject({ to: made.to, from: made.from, name: made.name });
    expect(seen).toMatchObject({ short: '', summary: '', leadRuleId: null, nextChangeAt: null });
    expect(JSON.stringify(seen)).not.toMatch(/BG02|findings|11-25|11-26/);
  });

  test('that changes words alone is no news to a viewer of the status', () => {
    const words = { ...made, from: made.to };
    expect(maskChange(see({ role: 'SafetyManager', divisionIds: [north] }), words, pseudonyms)).toBeNull();
  });

  test('names nobody to a viewer of de-identified data', () => {
    const seen = maskChange(see({ role: 'Auditor' }), made, pseudonyms);
    const text = JSON.stringify(seen);
    expect(text).not.toContain(made.name);
    expect(seen).toMatchObject({ summary: '', locationId: null, jobRoleId: null });
    expect(seen?.name).toMatch(/^Person [0-9A-Z]{5}-[0-9A-Z]{5}$/);
  });

  test('of an unannounced test shows to the DER alone, and nobody sees that two versions exist', () => {
    const forDer = { ...made, module: 'drug_alcohol' as const, audience: 'der' as const };
    const forOthers = { ...forDer, audience: 'others' as const };
    expect(maskChange(see({ role: 'DER' }), forDer, pseudonyms)?.audience).toBe('all');
    expect(maskChange(see({ role: 'DER' }), forOthers, pseudonyms)).toBeNull();
    expect(maskChange(see({ role: 'CompanyAdmin' }), forDer, pseudonyms)).toBeNull();
    expect(maskChange(see({ role: 'CompanyAdmin' }), forOthers, pseudonyms)?.audience).toBe('all');
  });

  test('reaches the person it is about, and no colleague', () => {
    const worker = see({ role: null, employeeId: made.employeeId });
    expect(maskChange(worker, made, pseudonyms)).toEqual(made);
    const colleague = see({ role: null, employeeId: ids.next('employee') });
    expect(maskChange(colleague, made, pseudonyms)).toBeNull();
  });
});

describe('a flag', () => {
  test('is masked by what the viewer sees of the module', () => {
    const state = flagState();
    expect(maskFlag(state, 'full')).toEqual(state);
    expect(maskFlag(state, 'none')).toBeNull();
    expect(maskFlag(state, 'status')).toMatchObject({ flag: 'red', hold: true, short: '', leadRuleId: null });
    expect(maskFlag(state, 'status')).toMatchObject({ nextChangeAt: null, nextFlag: null });
    expect(maskFlag(state, 'deidentified')).toMatchObject({ short: '', leadRuleId: 'DT06' });
  });
});

describe('the key of a scope', () => {
  test('is equal whatever the order of divisions, and differs by what is seen', () => {
    const one = see({ role: 'SafetyManager', divisionIds: [north, south] });
    expect(scopeKey(see({ role: 'SafetyManager', divisionIds: [south, north] }))).toBe(scopeKey(one));
    expect(scopeKey(see({ role: 'SafetyManager', divisionIds: [north] }))).not.toBe(scopeKey(one));
    expect(scopeKey(see({ role: 'DER' }))).not.toBe(scopeKey(see({ role: 'CompanyAdmin' })));
  });
});

test('pseudonyms are stable within a tenant, differ between tenants and need the secret', () => {
  const employeeId = ids.next('employee');
  const one = pseudonyms.name(tenantId, employeeId);
  expect(pseudonyms.name(tenantId, employeeId)).toBe(one);
  expect(pseudonyms.name(ids.next('tenant'), employeeId)).not.toBe(one);
  expect(createPseudonyms(new Uint8Array(32)).name(tenantId, employeeId)).not.toBe(one);
});
