import { sql } from 'kysely';
import type { EmployeeId } from '#contracts/ids';
import { modules } from '#contracts/modules';
import { randomIds } from '#platform/ids';
import { call } from '../ask.ts';
import { mayAsk } from '../needs.ts';
import { procedures } from '../procedures.ts';
import type { Trial } from '../trial.ts';
import type { Asker } from '../viewers.ts';
import { answerOf, may, ofAlder } from './answers.ts';
import type { Cell } from './cells.ts';

/** What the queue of questions shows, counts and lets settle. */
export const questionCells = (trial: Trial): Cell[] => [...reviewCells(trial), ...settleCells(trial)];

const secretReason = 'planted for the DER';

/** A question of every module about somebody of each corner, and one about a step that only the DER may know. */
export async function plantQuestions({ world: { planted, alder } }: Trial): Promise<void> {
  const questions = [...modules, 'people', 'secret'].flatMap((module) =>
    [1, 4, 5].map((index) => ({ module, employeeId: alder.people.get(index) ?? '' })),
  );
  await planted.app.engines.postgres.asTenant(alder.tenantId, async (tx) => {
    for (const [at, { module, employeeId }] of questions.entries()) {
      const secret = module === 'secret';
      await sql`insert into review_items (tenant_id, id, event_id, employee_id, module, event_type, subject_ref, endpoint_id,
          vendor, dedupe_key, field, value, reason, occurred_at, created_at)
        values (${alder.tenantId}, ${randomIds.next('reviewItem')}, 'planted', ${employeeId},
          ${secret ? 'drug_alcohol' : module}, ${secret ? 'test.lab_reported' : 'tried'}, ${`planted ${at}`}, 'planted',
          'checkr', ${`planted ${at}`}, '', '', ${secret ? secretReason : 'planted'}, now(), now())`.execute(
        tx,
      );
    }
  });
}

/** Planted questions of every module about somebody of each corner, open for as long as the test lasts. */
function reviewCells(trial: Trial): Cell[] {
  return ofAlder(trial)
    .filter((asker) => mayAsk(asker, procedures['reviews.list']?.need ?? 'nothing'))
    .map((asker): Cell => ({
      procedure: null,
      run: async () => {
        const people = new Set(
          [...trial.world.alder.people].flatMap(([index, id]) => (asker.people.has(index) ? [id] : [])),
        );
        const query = { status: 'open', module: null, employeeId: null };
        const page = await answerOf(trial, asker, 'reviews.list', { query, offset: 0, limit: 200 });
        const rows = page?.rows ?? [];
        const frame = await answerOf(trial, asker, 'frame.get', undefined);
        const beyond = rows.filter((row) => !people.has(row.employeeId as EmployeeId));
        const hidden = rows.filter((row) =>
          modules.some((module) => module === row.module && !may(asker, 'V', module)),
        );
        const secret = rows.filter(({ reason }) => reason === secretReason && asker.role !== 'DER');
        const counted = frame?.counts?.['reviews'];
        return [
          ...beyond.map((row) => `a question about ${row.employeeId}`),
          ...hidden.map((row) => `a question of ${row.module}`),
          ...secret.map(() => 'a step of the laboratory'),
          ...(counted === rows.length ? [] : [`${counted} counted of ${rows.length} questions`]),
        ].map((words) => `${asker.name} · reviews.list · ${words}`);
      },
    }));
}

/** What somebody may not settle stays open: those beyond are not found, those of a module to look at are told back. */
function settleCells({ world, askers }: Trial): Cell[] {
  const find = (beyond: readonly string[], module: string | null) =>
    world.planted.app.engines.postgres.asTenant(world.alder.tenantId, (tx) =>
      sql<{ id: string }>`select id from review_items where status = 'open' and dedupe_key like 'planted%'
        and (${module}::text is null or module = ${module}) and employee_id = any(${beyond}::text[])`.execute(
        tx,
      ),
    );
  const settle = async (asker: Asker, ids: readonly string[]): Promise<boolean> => {
    if (ids.length === 0) return false;
    const input = { ids, note: 'tried by a test' };
    const { text } = await call(world.planted.origin, asker, 'reviews.settle', { kind: 'mutation' }, input);
    return /"settled":[1-9]/.test(text);
  };
  return askers
    .filter(
      (asker) =>
        asker.role &&
        asker.reaches === 'Alder' &&
        mayAsk(asker, procedures['reviews.settle']?.need ?? 'nothing'),
    )
    .flatMap((asker) => {
      const [inside, beyond] = [true, false].map((within) =>
        [...world.alder.people].flatMap(([index, id]) => (asker.people.has(index) === within ? [id] : [])),
      );
      const lookOnly = modules.filter((module) => may(asker, 'V', module) && !may(asker, 'W', module));
      return [
        {
          procedure: null,
          run: async () => {
            const { rows } = await find(beyond ?? [], null);
            const done = await settle(
              asker,
              rows.slice(0, 1).map(({ id }) => id),
            );
            return done ? [`${asker.name} · reviews.settle · beyond`] : [];
          },
        },
        ...lookOnly.map((module) => ({
          procedure: null,
          run: async () => {
            const { rows } = await find(inside ?? [], module);
            const done = await settle(
              asker,
              rows.slice(0, 1).map(({ id }) => id),
            );
            return done ? [`${asker.name} · reviews.settle · ${module}`] : [];
          },
        })),
      ];
    });
}
