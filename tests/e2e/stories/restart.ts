import { expect, test } from 'vitest';
import { modules } from '#contracts/modules';
import { ask, course, greenDrivers, licence } from '../driver.ts';
import { addSlowDoor } from '../slow-door.ts';
import type { Stage } from '../stage.ts';
import type { MadeEndpoint } from '../../../ingest/endpoints/service.ts';
import { proofHeaders } from '../../../demo/simulator/wire.ts';
import { systemClock } from '#platform/clock';

interface Standing {
  readonly modules: readonly {
    module: string;
    state: { flag: string; hold: boolean; since: string } | null;
  }[];
}

/** Stopped and started on the same folder, everything is still there. Last of all, because the others' server goes. */
export function tellRestart(stageOf: () => Stage): void {
  const allowed = 3;
  let slowDoor: MadeEndpoint | undefined;

  test('a stop and a start lose nothing: flag, log and session', async () => {
    const stage = stageOf();
    const page = await stage.openAs('admin', '/settings', {
      expected: /ERR_CONNECTION|WebSocket|fetch|50\d/,
    });
    const [driver] = await greenDrivers(stage, page);
    if (!driver) throw new Error('the demo has no driver in order');
    expect(await stage.deliver(licence(stage, driver.person, 'suspended', 'restart'))).toBe(202);
    const person = { employeeId: driver.employeeId, asOf: null };
    const standing = async () => {
      const read = await ask<Standing>(page, stage.origin, 'person.page', person);
      return read.modules[modules.indexOf('dot')]?.state;
    };
    await expect.poll(async () => (await standing())?.flag, { timeout: 20_000 }).toBe('red');
    const log = {
      query: {
        text: '',
        actorType: null,
        act: null,
        subjectType: null,
        subjectId: null,
        from: null,
        to: null,
      },
      limit: 1,
      before: null,
    };
    const newest = async () =>
      (await ask<{ rows: { sequence: number; hash: string }[] }>(page, stage.origin, 'audit.list', log))
        .rows[0];
    const before = { standing: await standing(), newest: await newest() };

    const ended = await stage.restart(async (env) => {
      slowDoor = await addSlowDoor(env, stage.demo.tenantId, allowed);
    });
    expect(ended).toBe(0);

    expect(await standing()).toEqual(before.standing);
    expect((await newest())?.sequence).toBeGreaterThanOrEqual(
      before.newest?.sequence ?? Number.POSITIVE_INFINITY,
    );
    await page.goto(`${stage.origin}/people/${driver.employeeId}`);
    await page.getByRole('heading', { level: 1, name: new RegExp(driver.name) }).waitFor();
    // And it works: the next message takes effect.
    expect(await stage.deliver(licence(stage, driver.person, 'valid', 'restart-again'))).toBe(202);
    await expect.poll(async () => (await standing())?.flag, { timeout: 20_000 }).toBe('green');
  });

  test('the door of an endpoint with a rate of its own answers 429 with Retry-After beyond it', async () => {
    const stage = stageOf();
    if (!slowDoor) throw new Error('the endpoint was not made');
    const answers: Response[] = [];
    for (let count = 0; count <= allowed; count += 1) {
      const message = course('HP-00001', 'code_of_conduct', `rate-${count}`);
      const proof = proofHeaders(message, slowDoor.secret, systemClock.nowMs());
      const headers = { 'content-type': message.contentType, ...proof };
      answers.push(
        await fetch(stage.origin + slowDoor.path, { method: 'POST', headers, body: message.body }),
      );
    }
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 429]);
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
  });
}
