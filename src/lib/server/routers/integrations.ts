import {
  admitPeopleSchema,
  deadLetterActResultSchema,
  deadLetterActSchema,
  deadLetterDetailSchema,
  deadLetterPageSchema,
  deadLetterQuerySchema,
  integrationsSchema,
  simulatorActSchema,
  simulatorSchema,
  type DeadLetterAct,
  type DeadLetterDetail,
  type DeadLetterPage,
  type DeadLetterQuery,
  type Integrations,
  type SimulatorState,
} from '#contracts/screens/integrations';
import * as z from 'zod';
import { idSchema, type EndpointId } from '#contracts/ids';
import type { ActContext } from '#domain/audit';
import { can, type Scope } from '#domain/identity';
import type { DeadLetter, DeadLetters } from '#ingest';
import type { Clock } from '#platform/clock';
import { PlumblineError } from '#platform/errors';
import type { Metrics } from '#warehouse';
import { actContextOf } from '../context.ts';
import { cardOf, type EndpointState } from '../integrations/card.ts';
import type { ReadStanding } from '../integrations/standing.postgres.ts';
import { reasonWords } from '../integrations/words.ts';
import { router, scopedProcedure } from '../trpc.ts';

/** The vendor simulator of a demo. */
export interface SimulatorControl {
  state(): SimulatorState;
  start(ratePerSecond: number): Promise<void>;
  stop(): Promise<void>;
}

export interface IntegrationsRouterDeps {
  readonly clock: Clock;
  /** Every endpoint of the tenant with what the door counted there. */
  listEndpoints(scope: Scope): Promise<readonly EndpointState[]>;
  readonly metrics: Pick<Metrics, 'vendorRates'>;
  readonly deadLetters: DeadLetters;
  readonly readStanding: ReadStanding;
  setAdmitsPeople(scope: Scope, id: EndpointId, admits: boolean, context: ActContext): Promise<void>;
  /** Null when this is no demo. */
  readonly simulator: SimulatorControl | null;
}

const reader = scopedProcedure('administration', 'view');
const writer = scopedProcedure('administration', 'write');
const bucketMinutes = 30;

export function createIntegrationsRouter(deps: IntegrationsRouterDeps) {
  return router({
    /** A card per endpoint. */
    read: reader.output(integrationsSchema).query(({ ctx: { scope } }) => readCards(deps, scope)),
    deadLetters: reader
      .input(deadLetterQuerySchema)
      .output(deadLetterPageSchema)
      .query(({ ctx: { scope }, input }) => readLetters(deps, scope, input)),
    deadLetter: reader
      .input(z.object({ id: idSchema('deadLetter') }))
      .output(deadLetterDetailSchema)
      .query(async ({ ctx: { scope }, input }) => {
        const [letter, names] = await Promise.all([
          deps.deadLetters.get(scope, input.id),
          vendorNames(deps, scope),
        ]);
        return detailOf(letter, names);
      }),
    act: writer
      .input(deadLetterActSchema)
      .output(deadLetterActResultSchema)
      .mutation(async ({ ctx, input }) => ({
        settled: await settle(deps.deadLetters, ctx.scope, input, actContextOf(ctx)),
      })),
    /** Makes a personnel system the authority on who works here, or takes that back. */
    admitPeople: writer.input(admitPeopleSchema).mutation(async ({ ctx, input }) => {
      await deps.setAdmitsPeople(ctx.scope, input.endpointId, input.admits, actContextOf(ctx));
    }),
    /** Starts or stops the vendor simulator of the demo. */
    simulate: writer
      .input(simulatorActSchema)
      .output(simulatorSchema)
      .mutation(async ({ input }) => {
        const simulator = requireSimulator(deps.simulator);
        if (input.act === 'start') await simulator.start(input.rate);
        else await simulator.stop();
        return simulator.state();
      }),
  });
}

async function readCards(deps: IntegrationsRouterDeps, scope: Scope): Promise<Integrations> {
  const [endpoints, rates, open, standing] = await Promise.all([
    deps.listEndpoints(scope),
    deps.metrics.vendorRates(scope, { hours: 24, bucketMinutes }),
    deps.deadLetters.counts(scope),
    deps.readStanding(scope, deps.clock.now()),
  ]);
  const nowMs = deps.clock.nowMs();
  const cards = endpoints.map((endpoint) =>
    cardOf({
      endpoint,
      counts: rates.find((rate) => rate.endpointId === endpoint.id)?.buckets ?? [],
      deadLetters: sum(open.filter((one) => one.vendor === endpoint.vendor).map((one) => one.open)),
      lag: standing.lags.get(endpoint.id) ?? null,
      stalePeople: standing.stalePeople.get(endpoint.vendor) ?? 0,
      nowMs,
      bucketMs: bucketMinutes * 60_000,
    }),
  );
  return {
    at: deps.clock.now(),
    cards,
    events24h: sum(cards.map((card) => card.events24h)),
    simulator: deps.simulator?.state() ?? null,
    mayAct: can(scope, 'write', 'administration'),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

type Names = ReadonlyMap<string, string>;

async function vendorNames(deps: IntegrationsRouterDeps, scope: Scope): Promise<Names> {
  const endpoints = await deps.listEndpoints(scope);
  return new Map(endpoints.map(({ vendor, name }) => [vendor, name]));
}

async function readLetters(
  deps: IntegrationsRouterDeps,
  scope: Scope,
  { vendor, reason, status, offset, limit }: DeadLetterQuery,
): Promise<DeadLetterPage> {
  const filter = { status, ...(vendor === null ? {} : { vendor }), ...(reason === null ? {} : { reason }) };
  const [{ letters, total }, open, names] = await Promise.all([
    deps.deadLetters.list(scope, filter, { limit, offset }),
    deps.deadLetters.counts(scope),
    vendorNames(deps, scope),
  ]);
  return {
    total,
    rows: letters.map((letter) => rowOf(letter, names)),
    open: open.map((one) => ({
      vendor: one.vendor,
      vendorName: names.get(one.vendor) ?? one.vendor,
      reason: one.reason,
      reasonWords: reasonWords(one.reason),
      count: one.open,
    })),
  };
}

function rowOf(letter: DeadLetter, names: Names): DeadLetterPage['rows'][number] {
  const { id, vendor, receivedAt, reason, detail, deliveries, status, settledAt, note } = letter;
  return {
    id,
    vendor,
    vendorName: names.get(vendor) ?? vendor,
    receivedAt,
    reason,
    reasonWords: reasonWords(reason),
    detail,
    deliveries,
    status,
    settledAt,
    note,
  };
}

/** Birth date and address of the subject stay behind: the name and the vendor's numbers are enough to choose by. */
function detailOf(letter: DeadLetter, names: Names): DeadLetterDetail {
  const { subject } = letter;
  return {
    ...rowOf(letter, names),
    rawRef: letter.rawRef,
    lastSeenAt: letter.lastSeenAt,
    preview: letter.preview,
    subject:
      subject === null
        ? null
        : {
            name: subject.name === null ? null : `${subject.name.first} ${subject.name.last}`,
            refs: subject.refs.map(({ system, value }) => ({ system, value })),
          },
  };
}

function settle(
  letters: DeadLetters,
  scope: Scope,
  input: DeadLetterAct,
  context: ActContext,
): Promise<number> {
  switch (input.act) {
    case 'requeue':
      return letters.requeue(scope, input.ids, context);
    case 'discard':
      return letters.discard(scope, input.ids, input.why, context);
    case 'match':
      return letters.matchEmployee(scope, input.id, input.employeeId, context);
  }
}

function requireSimulator(simulator: SimulatorControl | null): SimulatorControl {
  if (simulator !== null) return simulator;
  throw new PlumblineError({
    kind: 'not_found',
    code: 'demo.no_simulator',
    detail: 'The vendor simulator runs in a demo only.',
  });
}
