import { expect, test } from 'vitest';
import { listAccess, listMutations } from './access.ts';
import { createRouter, type RouterDeps } from './router.ts';

/** Only the shape is looked at: no procedure is called, so no service is needed. */
function routerShape() {
  const nothing: object = new Proxy({}, { get: () => nothing });
  return createRouter(nothing as RouterDeps);
}

test('every procedure declares what it needs', () => {
  const access = listAccess(routerShape());
  expect(access.size).toBeGreaterThan(15);
  const open = [...access].filter(([, meta]) => 'access' in meta && meta.access === 'public');
  // Whoever has the token of an invitation was sent it: it is all that these two ask for.
  const invited = ['invitations.show', 'invitations.accept'];
  expect(open.map(([path]) => path).toSorted()).toEqual(['live.clock', ...invited].toSorted());
});

test('procedures without a right act only on the viewer’s own things', () => {
  const free = [...listAccess(routerShape())].filter(
    ([, meta]) => 'access' in meta && meta.access !== 'operations',
  );
  const paths = free.map(([path]) => path).toSorted();
  for (const path of paths)
    expect(path).toMatch(
      // The texts of the regulations are everybody's.
      /^(?:frame|live\.clock|session|person\.mine|settings|security|invitations\.(?:show|accept)|regulations)/,
    );
});

test('what changes something asks for more than sight', () => {
  const made = routerShape();
  const access = listAccess(made);
  const changes = listMutations(made);
  expect(changes).toContain('alerts.act');
  // How the viewer's own screen is arranged changes nothing of anybody; neither does saying why one looks.
  // A question in SQL and a reveal change nothing but the log; the token of an invitation is all that accepting asks for.
  const ownScreen = [
    'board.setColumns',
    'person.openGuarded',
    'session.choose',
    'explorer.run',
    // Of one's own conversations.
    'derIq.rate',
    'derIq.remove',
    'privacy.reveal',
    'security.endDevice',
    'invitations.accept',
  ];
  for (const path of changes.filter((one) => !ownScreen.includes(one))) {
    expect(access.get(path), path).toMatchObject({
      right: expect.stringMatching(/^(?:write|approve|export|export-deidentified|dual-control)$/),
    });
  }
});
