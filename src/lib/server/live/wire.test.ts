import { expect, test } from 'vitest';
import { encodeFrame, parseMessages, parseTrackedId, trackedId } from './wire.ts';

const subscribe = { id: 1, method: 'subscription', params: { path: 'live.flags' } };

test('reads what the tRPC link sends', () => {
  expect(parseMessages(JSON.stringify(subscribe))).toEqual([{ type: 'subscribe', id: 1, after: null }]);
  const resumed = { ...subscribe, params: { path: 'live.flags', input: { after: 3 }, lastEventId: '7.9' } };
  expect(parseMessages(JSON.stringify(resumed))).toEqual([{ type: 'subscribe', id: 1, after: 7 }]);
  const started = { ...subscribe, params: { path: 'live.flags', input: { after: 3 } } };
  expect(parseMessages(JSON.stringify([started, { id: 2, method: 'subscription.stop' }]))).toEqual([
    { type: 'subscribe', id: 1, after: 3 },
    { type: 'stop', id: 2 },
  ]);
});

test('serves nothing but the live feed', () => {
  const other = { id: 4, method: 'subscription', params: { path: 'people.list' } };
  expect(parseMessages(JSON.stringify(other))).toEqual([{ type: 'refused', id: 4, code: 'NOT_FOUND' }]);
  const query = { id: 5, method: 'query', params: { path: 'live.flags' } };
  expect(parseMessages(JSON.stringify(query))).toMatchObject([{ type: 'refused', id: 5 }]);
});

test('what is no message is refused', () => {
  for (const text of ['', '{', '"x"', '{"id":1}', '[1]', '{"id":{},"method":"subscription"}']) {
    expect(parseMessages(text)).toBeNull();
  }
});

test('a resume id carries the watermark, and differs for frames that ran ahead', () => {
  expect(trackedId(5, 5)).toBe('5');
  expect(trackedId(3, 5)).toBe('3.5');
  expect(parseTrackedId('3.5')).toBe(3);
  expect(parseTrackedId('5')).toBe(5);
  for (const id of [null, undefined, '', '-1', '1.', 'x', '1e9', '99999999999999999']) {
    expect(parseTrackedId(id)).toBeNull();
  }
});

test('a frame is encoded once per request id, in the form of the tRPC link', () => {
  const frame = encodeFrame('8', { type: 'resync', reason: 'gap too old' });
  expect(frame.bytes(1)).toBe(frame.bytes(1));
  expect(JSON.parse(String(frame.bytes('a"b')))).toEqual({
    id: 'a"b',
    result: { type: 'data', id: '8', data: { id: '8', data: { type: 'resync', reason: 'gap too old' } } },
  });
});
