import { expect, test } from 'vitest';
import { readAlertAddress } from './alerts-url.ts';

test('the address of the inbox is read whole, and nonsense is left out', () => {
  const employee = 'emp_01h2xcejqtf2nbrexx3vqjhp41';
  const asked = new URLSearchParams({
    view: 'muted',
    module: 'dot',
    severity: 'critical',
    employee,
    page: '2',
  });
  expect(readAlertAddress(asked)).toEqual({
    query: { view: 'muted', module: 'dot', severity: 'critical', employeeId: employee },
    page: 2,
  });
  expect(readAlertAddress(new URLSearchParams('view=x&module=y&severity=z&employee=1'))).toEqual({
    query: { view: 'raised', module: null, severity: null, employeeId: null },
    page: 1,
  });
});
