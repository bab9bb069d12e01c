import { describe, expect, it } from 'vitest';
import { currentHref, placeGroups, visibleGroups } from './places.ts';

const labels = (sight: Parameters<typeof visibleGroups>[0]) =>
  visibleGroups(sight).flatMap((group) => group.places.map((place) => place.label));
const at = (path: string) => currentHref(new URL(path, 'http://localhost'), placeGroups);

describe('the current place', () => {
  it.each([
    ['/', '/'],
    ['/board', '/board'],
    ['/board?module=dot&flags=red', '/board?module=dot'],
    ['/people/emp_1', '/people'],
    ['/settings/rules/DT06', '/settings/rules'],
    ['/settings', '/settings'],
    ['/elsewhere', null],
  ])('%s is %s', (path, href) => expect(at(path)).toBe(href));
});

describe('what is offered', () => {
  it('shows a field worker the own record and nothing of others', () => {
    expect(
      labels({
        people: false,
        names: false,
        administration: false,
        dualControl: false,
        ownHref: '/people/emp_1',
      }),
    ).toEqual(['My compliance', 'DER IQ', 'Regulations', 'Settings']);
  });
  it('hides administration from who may not see it', () => {
    const seen = labels({
      people: true,
      names: false,
      administration: false,
      dualControl: false,
      ownHref: null,
    });
    expect(seen).toContain('Live board');
    expect(seen).not.toContain('Explorer');
    expect(seen).not.toContain('Approvals');
    expect(seen).not.toContain('Audit log');
  });
});
