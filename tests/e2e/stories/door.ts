import { beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock';
import { proofHeaders, type Message } from '../../../demo/simulator/wire.ts';
import { course } from '../driver.ts';
import type { Stage } from '../stage.ts';

const signed = (body: string, id: string): Message => ({
  vendor: 'standard-webhooks',
  id,
  contentType: 'application/json',
  body,
  about: '',
});

/**
 * Bad input at the webhook door of a running server. 503 (the store is gone) cannot be brought about from outside
 * without breaking the other stories: `ingest/door/door.integration.test.ts` closes the database under the door.
 */
export function tellDoor(stageOf: () => Stage): void {
  describe('the webhook door', () => {
    let stage: Stage;
    beforeAll(() => {
      stage = stageOf();
    });
    const own = () => stage.demo.endpoints['standard-webhooks'];

    async function send(
      message: Message,
      change: { headers?: Record<string, string>; body?: string; id?: string } = {},
    ) {
      const { id, secret } = own();
      const response = await fetch(`${stage.origin}/webhooks/${change.id ?? id}`, {
        method: 'POST',
        headers: {
          'content-type': message.contentType,
          ...proofHeaders(message, secret, systemClock.nowMs()),
          ...change.headers,
        },
        body: change.body ?? message.body,
      });
      return {
        status: response.status,
        headers: response.headers,
        body: (await response.json()) as Record<string, unknown>,
      };
    }

    test('401 without a proof, with a wrong one, and with an old one', async () => {
      const message = course('HP-00001', 'code_of_conduct', 'door-401');
      const bare = await fetch(`${stage.origin}/webhooks/${own().id}`, {
        method: 'POST',
        body: message.body,
      });
      expect(bare.status).toBe(401);
      expect(bare.headers.get('content-type')).toContain('application/problem+json');
      expect((await send({ ...message, forged: true })).body).toMatchObject({
        status: 401,
        detail: expect.stringContaining('Sign'),
      });
      const old = proofHeaders(message, own().secret, systemClock.nowMs() - 3_600_000);
      expect((await send(message, { headers: old })).status).toBe(401);
    });

    test('404 for an endpoint that is not there', async () => {
      const { status, body } = await send(course('HP-00001', 'code_of_conduct', 'door-404'), {
        id: 'end_00000000000000000000000000',
      });
      expect({ status, detail: body['detail'] }).toEqual({
        status: 404,
        detail: expect.stringContaining('no such endpoint'),
      });
    });

    test('405 for another method', async () => {
      expect((await fetch(`${stage.origin}/webhooks/${own().id}`)).status).toBe(405);
    });

    test('413 above the limit', async () => {
      const { status, body } = await send(signed(JSON.stringify({ text: 'x'.repeat(1_100_000) }), 'msg_big'));
      expect({ status, detail: body['detail'] }).toEqual({
        status: 413,
        detail: expect.stringContaining('larger than'),
      });
    });

    test('400 for what is no JSON, with its place', async () => {
      const { status, body } = await send(signed('{"id": "a",\n "module": }', 'msg_broken'));
      expect(status).toBe(400);
      expect(JSON.stringify(body)).toMatch(/line 2/);
    });

    test('422 for JSON that is not an event, with paths', async () => {
      const { status, body } = await send(
        signed(JSON.stringify({ module: 'dot', type: 'licence.reported' }), 'msg_wrong'),
      );
      expect(status).toBe(422);
      expect(JSON.stringify(body)).toMatch(/subjectRef|employee|occurredAt/);
    });

    test('202 for an event that is not for us: taken, and dropped with its reason', async () => {
      const message = course('HP-00001', 'code_of_conduct', 'door-drop');
      const event = { ...(JSON.parse(message.body) as object), type: 'nothing.we_know' };
      const { status, body } = await send(signed(JSON.stringify(event), 'msg_drop'));
      expect({ status, body }).toEqual({ status: 202, body: { deliveryId: expect.stringMatching(/^dlv_/) } });
    });

    test('202 twice for one message, with one effect', async () => {
      const message = course('HP-00001', 'code_of_conduct', 'door-twice');
      expect([(await send(message)).status, (await send(message)).status]).toEqual([202, 202]);
    });
  });
}
