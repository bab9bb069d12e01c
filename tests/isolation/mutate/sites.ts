/** A function whose answer decides what somebody may see or do. */
export interface Guard {
  /** Where it is imported from. */
  readonly from: RegExp;
  /** Files in which it is made, and called by its name. */
  readonly in: RegExp;
  /** What a call is replaced with, by its arguments and its own text; undefined = that call guards nothing. */
  loosened(args: readonly string[], call: string): string | undefined;
}

const identity = { from: /#domain\/identity$|\/authorize\.ts$/, in: /^domain\/identity\// };
const visibility = { from: /\/visibility\.ts$/, in: /\/visibility\.ts$/ };
const own = (file: RegExp) => ({ from: file, in: file });
const always = (text: string) => () => text;
/** The call itself, with the refusals inside `authorize.ts` switched off. */
const lax = (_args: readonly string[], call: string) => `globalThis.guardSwitch.lax(() => ${call})`;
const anyRow = 'globalThis.guardSwitch.anyRow';

/** Every function that guards, by name. `findDeciders` notices one that is missing. */
export const guards: Readonly<Record<string, Guard>> = {
  authorize: { ...identity, loosened: lax },
  authorizeOwn: { ...identity, loosened: lax },
  authorizeOperations: { ...identity, loosened: lax },
  can: { ...identity, loosened: always('true') },
  canOperate: { ...identity, loosened: always('true') },
  canChangeRoster: { ...identity, loosened: always('true') },
  covers: { ...identity, loosened: always('true') },
  visibilityOf: { ...identity, loosened: always("'full'") },
  isDeidentified: { ...identity, loosened: always('false') },
  seesMasked: { ...visibility, loosened: always('true') },
  maskFlag: { ...visibility, loosened: ([state]) => state },
  maskChange: { ...visibility, loosened: ([, change]) => change },
  visibleEmployees: { from: /#domain\/people$|\/visible\.ts$/, in: /$^/, loosened: always(anyRow) },
  visible: { ...own(/^domain\/(?:alerts|reviews)\//), loosened: always(anyRow) },
  maySettle: { from: /\/list\.postgres\.ts$/, in: /$^/, loosened: always('true') },
  readableModules: {
    ...own(/^domain\/reviews\//),
    loosened: always("['drug_alcohol', 'background', 'dot', 'health', 'training', 'geofence', 'people']"),
  },
  entriesBeyond: { from: /\/in-scope\.postgres\.ts$/, in: /$^/, loosened: always('new Set()') },
  seesWholeLog: { ...own(/\/audit\/rows\.ts$/), loosened: always('true') },
  seesModule: { ...own(/\/person\/event-sight\.ts$/), loosened: always('true') },
  mayKnow: { from: /\/policy\.ts$/, in: /^domain\/approvals\//, loosened: always('true') },
  reachesAsFar: { from: /\/policy\.ts$/, in: /^domain\/approvals\//, loosened: always('true') },
  shown: { ...own(/^domain\/approvals\//), loosened: always(anyRow) },
  mayReveal: { from: /\/reveal\.ts$/, in: /^domain\/privacy\//, loosened: always('true') },
  mayErase: { ...own(/^domain\/privacy\//), loosened: always('true') },
  requireRight: { ...own(/^ingest\/fates\//), loosened: always('undefined') },
};

/** Files whose plain refusals (`if (…) throw`, `return null`, `return 'forbidden'`) are guards too. */
export const throwFiles: readonly string[] = [
  'domain/identity/authorize.ts',
  'src/lib/server/trpc.ts',
  'src/lib/server/visibility.ts',
  'src/lib/server/live.ts',
];

/** Where guards are looked for. */
export const guardedFolders = ['src/lib/server', 'domain', 'ingest', 'warehouse/metrics'] as const;
/** Tests, and what they compare the program with. */
export const unguarded = /\.test\.ts$|\/testing\.ts$|\/metrics\/reference\.ts$|\/bench[^/]*\.ts$/;

const offered = 'whether a button or a link is offered, or which right it names; what it leads to asks again';

/** Guards whose going is no crossing, each with the reason. Whatever else is not missed fails. */
export const saysOnly: {
  readonly functions: Readonly<Record<string, string>>;
  readonly sites: Readonly<Record<string, string>>;
} = {
  functions: { hasOwnRecord: 'which start page fits; the page asks again' },
  sites: {
    'src/lib/server/live.ts · admit · refusal': 'another address: nothing is there',
    'src/lib/server/live.ts · admit · refusal 4': 'how many sockets one user may have',
    'src/lib/server/person/acts.ts · alertsAct · can': offered,
    'src/lib/server/person/acts.ts · auditAct · can': offered,
    'src/lib/server/person/pages.ts · readPage · can 2': offered,
    'src/lib/server/person/pages.ts · readPage · can 3': offered,
    'src/lib/server/person/pages.ts · readPage · can 4': offered,
    'src/lib/server/routers/alerts.ts · mayChange · can': offered,
    'src/lib/server/routers/frame.ts · readFrame · isDeidentified': offered,
    'src/lib/server/routers/api-access.ts · createApiAccessRouter · can': offered,
    'src/lib/server/routers/api-access.ts · deniedOf · can': offered,
    'src/lib/server/routers/status.ts · readStatus · canOperate': offered,
    'src/lib/server/person/acts.ts · hiddenModules · visibilityOf': offered,
    'src/lib/server/person/acts.ts · hiddenModules · visibilityOf 2': offered,
    'src/lib/server/person/pages.ts · toWhy · can': offered,
    'src/lib/server/routers/incidents.ts · lookOnly · can': offered,
    'src/lib/server/routers/integrations.ts · readCards · can': offered,
    'src/lib/server/routers/members.ts · readMembers · can': offered,
    'src/lib/server/routers/session.ts · sight · visibilityOf': offered,
    'src/lib/server/routers/session.ts · sight · can': offered,
    'src/lib/server/routers/session.ts · sight · can 2': offered,
    'src/lib/server/routers/session.ts · sight · can 3': offered,
    'src/lib/server/routers/session.ts · sight · can 4': offered,
    'src/lib/server/routers/session.ts · sight · can 5': offered,
    'src/lib/server/routers/session.ts · describeViewer · canChangeRoster': offered,
    'src/lib/server/routers/session.ts · scopeOrNull · authorize': offered,
    'src/lib/server/routers/session.ts · hasOwnRecord · authorizeOwn': offered,
    'domain/identity/authorize.ts · areaName · refusal': 'a name in a sentence',
    'domain/identity/authorize.ts · areaName · refusal 2': 'a name in a sentence',
  },
};

/** Guards behind another one that no switch turns off, with what stands before them. */
const ofTheCompany =
  'all rows of the table are the company’s own to whoever asks; that company is held to by the policy that stands in both cases';
const personFirst = 'the person is read in the same scope before it, which is missed when it goes';

export const secondWalls: Readonly<Record<string, string>> = {
  'src/lib/server/api.ts · record · asViewer': 'adds to the log, reads nothing',
  'src/lib/server/board/columns.postgres.ts · read · asViewer': 'the statement names the user',
  'src/lib/server/board/columns.postgres.ts · save · asViewer': 'the statement names the user',
  'src/lib/server/approvals/legal-hold.ts · matters · asViewer': personFirst,
  'src/lib/server/approvals/people-with-names.ts · plan · can':
    'no role of the table exports what it does not view, and the right to export is asked after it',
  'src/lib/server/rest/events.ts · listEvents · can':
    'each event is asked of again by `sightEvents`, which is missed',
  'src/lib/server/der-iq/conversations.postgres.ts · asOwner · asViewer': 'the statements name the user',
  'src/lib/server/der-iq/location-states.postgres.ts · readLocationStates · asViewer': ofTheCompany,
  'domain/approvals/service.ts · inTenant · asViewer': ofTheCompany,
  'domain/approvals/service.ts · run · asViewer': ofTheCompany,
  'domain/approvals/service.ts · list · asViewer': ofTheCompany,
  'domain/approvals/service.ts · countWaiting · asViewer': ofTheCompany,
  'domain/identity/companies.ts · nameRoles · asViewer': ofTheCompany,
  'ingest/endpoints/service.ts · write · asViewer': ofTheCompany,
  'ingest/endpoints/service.ts · list · asViewer': ofTheCompany,
  'ingest/fates/dead-letters.ts · requeue · asViewer': ofTheCompany,
  'ingest/fates/dead-letters.ts · matchEmployee · asViewer':
    'whoever may change the settings sees the whole company',
  'ingest/fates/dead-letters.ts · discard · asViewer': ofTheCompany,
  'ingest/fates/dead-letters.ts · seen · asViewer': ofTheCompany,
  'ingest/fates/dead-letters.ts · largeBodies · asViewer': ofTheCompany,
  'domain/people/refused-events.ts · listRefusedEvents · canChangeRoster':
    'no procedure asks it; `events.integration.test.ts` beside it does',
  'domain/people/refused-events.ts · listRefusedEvents · visibleEmployees':
    'for roles that change the roster, none of which is limited to places',
};
