import { sql } from 'kysely';
import { modules } from '#contracts/modules';
import { noAuditQuery } from '#contracts/screens/audit';
import { mayAsk, sight } from '../needs.ts';
import { procedures } from '../procedures.ts';
import type { Trial } from '../trial.ts';
import { answerOf, may, ofAlder } from './answers.ts';
import type { Cell } from './cells.ts';

/** What office work reaches: the log, requests to a second person, revealed fields, alerts of other people. */
export function officeCells(trial: Trial): Cell[] {
  return [
    ...entryCells(trial),
    ...revealCells(trial),
    ...requestCells(trial),
    ...approvalCounts(trial),
    ...alertReach(trial),
    ...doorCells(trial),
  ];
}

const everybody = { phases: [], divisionIds: [], locationIds: [], jobRoleIds: [], text: '', sort: 'name' };

/** Entries about people who are out of scope and of whom nobody has asked yet. */
function entryCells(trial: Trial): Cell[] {
  const southern = trial.world.alder.people.get(4) ?? '';
  const limited = ofAlder(trial).filter(({ role }) => role === 'SafetyManager');
  const entries = async (): Promise<string[]> => {
    const { rows } = await trial.world.planted.app.engines.postgres.asTenant(
      trial.world.alder.tenantId,
      (tx) =>
        sql<{
          id: string;
        }>`select id from audit_entries where subject_id = ${southern} order by sequence limit 3`.execute(tx),
    );
    return rows.map(({ id }) => id);
  };
  return limited.flatMap((asker) => [
    {
      procedure: null,
      run: async () => {
        const query = { ...noAuditQuery, subjectId: southern };
        const page = await answerOf(trial, asker, 'audit.list', { query, limit: 200, before: null });
        const told = page?.rows?.length ?? 0;
        return told > 0 || page?.total ? [`${asker.name} · audit.list · ${told} entries of the south`] : [];
      },
    },
    {
      procedure: null,
      run: async () => {
        const found: string[] = [];
        for (const id of await entries()) {
          const row = await answerOf(trial, asker, 'audit.get', { id });
          if (row?.subject?.id !== '') found.push(`${asker.name} · audit.get · whom ${id} is about`);
        }
        return found;
      },
    },
  ]);
}

/** A field is revealed to whoever works with the papers it stands in. */
function revealCells(trial: Trial): Cell[] {
  const person = trial.alder.people[1] ?? '';
  const input = { employeeId: person, field: 'birthDate', purpose: 'other', words: 'tried by a test' };
  return ofAlder(trial).map((asker) => ({
    procedure: null,
    run: async () => {
      const papers = (['drug_alcohol', 'background', 'dot'] as const).some((module) =>
        may(asker, 'V', module),
      );
      const data = await answerOf(trial, asker, 'privacy.reveal', input);
      return data !== null && !(papers && asker.role !== null)
        ? [`${asker.name} · privacy.reveal · let in`]
        : [];
    },
  }));
}

/** Whoever asks for an export holds the right to export all that is in it. */
function requestCells(trial: Trial): Cell[] {
  return ofAlder(trial)
    .filter(({ role }) => role === 'SafetyManager')
    .flatMap((asker) =>
      modules
        .filter((module) => may(asker, 'V', module) && !may(asker, 'X', module))
        .map((module) => ({
          procedure: null,
          run: async () => {
            const order = { kind: 'pii_export', payload: { query: everybody, modules: [module] } };
            const made = await answerOf(trial, asker, 'approvals.request', {
              order,
              reason: 'tried by a test',
            });
            return made === null ? [] : [`${asker.name} · approvals.request · of ${module}`];
          },
        })),
    );
}

/** Counts of requests are those of the lists. */
function approvalCounts(trial: Trial): Cell[] {
  const views = ['waiting', 'mine', 'all'] as const;
  return ofAlder(trial)
    .filter((asker) => mayAsk(asker, procedures['approvals.list']?.need ?? 'nothing'))
    .map((asker) => ({
      procedure: null,
      run: async () => {
        const found: string[] = [];
        for (const view of views) {
          const page = await answerOf(trial, asker, 'approvals.list', { view, offset: 0, limit: 100 });
          const [counted, listed] = [page?.counts?.[view] ?? 0, page?.rows?.length ?? 0];
          if (Math.min(counted, 100) !== listed)
            found.push(`${asker.name} · approvals.list · ${counted} ${view} of ${listed}`);
        }
        return found;
      },
    }));
}

/** Whoever sees some people changes the alerts of those alone. */
function alertReach(trial: Trial): Cell[] {
  const limited = ofAlder(trial).filter(({ role }) => role === 'SafetyManager' || role === 'SiteSupervisor');
  const { app } = trial.world.planted;
  return limited.flatMap((asker) =>
    modules
      .filter((module) => may(asker, 'W', module))
      .map((module) => ({
        procedure: null,
        run: async () => {
          const beyond = [...trial.world.alder.people].flatMap(([index, id]) =>
            asker.people.has(index) ? [] : [id],
          );
          const { rows } = await app.engines.postgres.asTenant(trial.world.alder.tenantId, (tx) =>
            sql<{
              id: string;
            }>`select id from alerts where module = ${module} and employee_id = any(${beyond}::text[])`.execute(
              tx,
            ),
          );
          const input = { act: 'assign', alertIds: rows.map(({ id }) => id), to: 'nobody' };
          const data = rows.length === 0 ? null : await answerOf(trial, asker, 'alerts.act', input);
          return data?.changed ? [`${asker.name} · alerts.act · ${data.changed} of ${module} beyond`] : [];
        },
      })),
  );
}

/** The assistant's door asks for sight of some module, like the screens. */
function doorCells({ world, askers }: Trial): Cell[] {
  const url = `${world.planted.origin}/api/der-iq/query`;
  return askers
    .filter((asker) => !mayAsk(asker, sight))
    .map(({ name, role, cookie }) => ({
      procedure: null,
      run: async () => {
        const headers = { 'content-type': 'application/json', ...(cookie === '' ? {} : { cookie }) };
        const { status } = await fetch(url, { method: 'POST', headers, body: '{}' });
        return status === (role === undefined ? 401 : 403) ? [] : [`${name} · /api/der-iq/query · ${status}`];
      },
    }));
}
