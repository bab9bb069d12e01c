import { expect, it } from 'vitest';
import { areas } from '#contracts/roles';
import type { DivisionId, LocationId } from '#contracts/ids';
import { narrow } from './narrow.ts';
import { permissions } from './permissions.ts';

const north = ['div_north' as DivisionId];
const quarry = ['loc_quarry' as LocationId];
const admin = { rights: permissions.CompanyAdmin, divisionIds: null, locationIds: null };
const everything = Object.fromEntries(areas.map((area) => [area, [...permissions.CompanyAdmin[area]]]));
const nowhere = { divisionIds: null, locationIds: null };

it('takes away and adds nothing', () => {
  const { rights } = narrow(admin, {
    rights: { training: ['view', 'deidentified'], dot: ['status'] },
    ...nowhere,
  });
  expect(rights.training).toEqual(['view']);
  expect(rights.dot).toEqual(['status']);
  for (const area of areas.filter((one) => one !== 'training' && one !== 'dot'))
    expect(rights[area]).toEqual([]);
});

it('gives a role that sees nothing of an area nothing of it', () => {
  const billing = { ...admin, rights: permissions.BillingAdmin };
  const { rights } = narrow(billing, { rights: everything, ...nowhere });
  expect(rights.drug_alcohol).toEqual([]);
  expect(rights.administration).toEqual([]);
});

it('limits a whole company to places', () => {
  expect(narrow(admin, { rights: {}, divisionIds: north, locationIds: null })).toMatchObject({
    divisionIds: north,
    locationIds: null,
  });
});

it('never widens the places of a limited role', () => {
  const limited = { rights: permissions.SafetyManager, divisionIds: north, locationIds: null };
  expect(narrow(limited, { rights: {}, ...nowhere })).toMatchObject({
    divisionIds: north,
    locationIds: null,
  });
  const both = narrow(limited, { rights: {}, divisionIds: null, locationIds: quarry });
  expect(both).toMatchObject({ divisionIds: [], locationIds: [] });
});
