import type { TrialPerson } from './people.ts';

/** What happened to the people of the made-up companies. */
export interface TrialEvent {
  readonly module: string;
  readonly type: string;
  readonly subject: string;
  readonly atMs: number;
  readonly payload: object;
  readonly vendor: string;
}

const dayMs = 86_400_000;
const isoDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

export function eventsOf(person: TrialPerson, atMs: number): TrialEvent[] {
  const made = (
    module: string,
    type: string,
    daysAgo: number,
    payload: object = {},
    subject = type,
  ): TrialEvent => ({
    module,
    type,
    subject: `${subject}-${person.company}-${person.number}`,
    atMs: atMs - daysAgo * dayMs - 7_200_000,
    payload,
    vendor: vendors[module] ?? 'app',
  });
  return [tests, screening, driving, working].flatMap((part) => part(person.number, made, atMs));
}

const vendors: Readonly<Record<string, string>> = {
  drug_alcohol: 'quest',
  background: 'checkr',
  dot: 'samba',
  training: 'litmos',
  health: 'concentra',
  geofence: 'app',
};

type Make = (module: string, type: string, daysAgo: number, payload?: object, subject?: string) => TrialEvent;
const reasons = [
  'random',
  'pre_employment',
  'post_accident',
  'reasonable_suspicion',
  'follow_up',
  'return_to_duty',
] as const;

/** Most people were tested twice in a year, every ninth result is positive; one test nobody but the DER may know of. */
function tests(number: number, make: Make): TrialEvent[] {
  const da = 'drug_alcohol';
  const turns = number % 7 === 6 ? [] : [5 + number * 3, 190 + number * 3];
  const done = turns.flatMap((ago, turn) => {
    const test = {
      dot: true,
      kind: number % 5 === 0 ? 'alcohol' : 'drug',
      reason: reasons[(number + turn) % (number % 2 === 0 ? 1 : 6)],
    };
    const subject = `test${turn}`;
    const result =
      (number + turn) % 9 === 4
        ? 'test.mro_positive'
        : (number + turn) % 23 === 7
          ? 'test.mro_refusal'
          : 'test.mro_negative';
    return [
      make(da, 'test.ordered', ago + 3, { test }, subject),
      make(da, 'test.notified', ago + 2, { test }, subject),
      make(da, 'test.collected', ago + 1, { test }, subject),
      make(da, 'test.lab_received', ago + 1, { test }, subject),
      make(da, result, ago, { test, channel: 'mro' }, subject),
    ];
  });
  const secret =
    number % 12 === 4
      ? [make(da, 'test.ordered', 1, { test: { dot: true, kind: 'drug', reason: 'random' } }, 'untold')]
      : [];
  const accident = number % 20 === 3 ? [make(da, 'accident.occurred', 10 + number)] : [];
  return [...done, ...secret, ...accident];
}

function screening(number: number, make: Make): TrialEvent[] {
  const ago = 10 + ((number * 11) % 300);
  const order = make('background', 'order.placed', ago, { package: 'driver' }, 'order');
  const report = make(
    'background',
    number % 6 === 2 ? 'report.considered' : 'report.cleared',
    Math.max(0, ago - 4),
    {},
    'order',
  );
  const dispute =
    number % 12 === 2 ? [make('background', 'dispute.opened', Math.max(0, ago - 6), {}, 'order')] : [];
  const notice =
    number % 12 === 8
      ? [make('background', 'adverse.pre_notice_sent', Math.max(0, ago - 7), {}, 'order')]
      : [];
  return [order, report, ...dispute, ...notice];
}

/** Medical certificates are renewed: the one before the last has ended, and must not be told as ending. */
function driving(number: number, make: Make, atMs: number): TrialEvent[] {
  const medicalEnd = isoDay(atMs + (((number * 9) % 200) - 40) * dayMs);
  const before = make(
    'dot',
    'medical.certificate_recorded',
    420 + number,
    {
      examOn: isoDay(atMs - 500 * dayMs),
      expiresOn: isoDay(atMs + (20 + number) * dayMs),
      result: 'qualified',
    },
    'med-old',
  );
  const medical = make(
    'dot',
    'medical.certificate_recorded',
    300 + (number % 30),
    { examOn: isoDay(atMs - 300 * dayMs), expiresOn: medicalEnd, result: 'qualified' },
    'med',
  );
  const licence = make(
    'dot',
    'licence.reported',
    20 + (number % 60),
    { state: 'TX', expiresOn: isoDay(atMs + (((number * 17) % 700) - 60) * dayMs) },
    'licence',
  );
  const mvr = make('dot', 'mvr.received', (number * 13) % 380, { state: 'TX', purpose: 'annual' }, 'mvr');
  const query = make('dot', 'query.submitted', (number * 19) % 400, { queryType: 'limited' }, 'query');
  const review = make('dot', 'review.recorded', (number * 23) % 390, { reviewer: 'R' }, 'review');
  const paper =
    number % 3 === 0
      ? [
          make(
            'dot',
            'document.verified',
            40,
            { documentKind: 'variance', expiresOn: isoDay(atMs + (number * 4 - 30) * dayMs) },
            'paper',
          ),
        ]
      : [];
  return number % 8 === 7
    ? [licence, mvr, query, review, ...paper]
    : [...(number % 2 === 0 ? [before] : []), medical, licence, mvr, query, review, ...paper];
}

const items = ['forklift', 'hazmat', 'fall_protection', 'bloodborne'] as const;

function working(number: number, make: Make, atMs: number): TrialEvent[] {
  const item = items[number % items.length] ?? 'forklift';
  const certificate = make(
    'training',
    'certificate.verified',
    50 + number,
    {
      item,
      issuedOn: isoDay(atMs - 300 * dayMs),
      expiresOn: isoDay(atMs + (((number * 15) % 240) - 50) * dayMs),
    },
    'cert',
  );
  const completion = make(
    'training',
    'completion.recorded',
    (number * 7) % 200,
    { item, passed: true },
    'done',
  );
  const assignment = make('training', 'assignment.created', 5 + ((number * 7) % 200), { item }, 'assign');
  const exam =
    number % 4 === 0
      ? [
          make(
            'health',
            'exam.completed',
            30 + number,
            { program: 'silica', nextBy: isoDay(atMs + (number * 6 - 20) * dayMs) },
            'exam',
          ),
        ]
      : [];
  const fit =
    number % 5 === 1 ? [make('health', 'fit_test.recorded', 15 + number, { passed: true }, 'fit')] : [];
  const injury =
    number % 10 === 3
      ? [
          make('health', 'case.reported', 3 + number * 4, { kind: 'injury' }, 'case'),
          make('health', 'case.logged', 1 + number * 4, {}, 'case'),
        ]
      : [];
  const checkIns = [0, 9, 33].map((ago) =>
    make('geofence', 'check_in.attempted', ago + (number % 9), {}, `in${ago}`),
  );
  const hired = make('people', 'employee.hired', 20 + ((number * 29) % 700), {}, 'hire');
  return [certificate, completion, assignment, ...exam, ...fit, ...injury, ...checkIns, hired];
}
