import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PlumblineError } from '#platform/errors';
import { createOutgoing } from '#platform/outgoing';
import { sources } from '../sources.ts';
import { createHttpVendorApi } from './http.ts';

let root = '';
let answer: (request: IncomingMessage, response: ServerResponse) => void = () => {};
const server = createServer((request, response) => answer(request, response));
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const { signal } = new AbortController();
const request = { resource: 'reports', id: 'r-1', path: '/v1/reports/r-1' };

function api(vendor: string, url = root) {
  const profile = sources.find((source) => source.vendor === vendor)?.api;
  if (!profile) throw new Error(`${vendor} has no API`);
  // The double of the vendor stands on this machine, where only an operator may lead.
  const outgoing = createOutgoing({ trustedOrigins: [new URL(url).origin] });
  return createHttpVendorApi(profile, { url, key: 'key-1' }, outgoing);
}

/** Kind of the error that a fetch ends with, `none` when it succeeds. */
async function kindOf(fetched: Promise<unknown>): Promise<string> {
  try {
    await fetched;
    return 'none';
  } catch (error) {
    return error instanceof PlumblineError ? error.kind : 'other';
  }
}

test.each([
  ['checkr', `Basic ${Buffer.from('key-1:').toString('base64')}`],
  ['tazworks', 'Bearer key-1'],
  ['bamboohr', `Basic ${Buffer.from('key-1:x').toString('base64')}`],
])('%s gets the path asked for and the key as it wants it', async (vendor, expected) => {
  answer = ({ url, headers }, response) =>
    response.end(JSON.stringify({ url, authorization: headers.authorization }));
  expect(await api(vendor).fetch(request, signal)).toEqual({
    url: '/v1/reports/r-1',
    authorization: expected,
  });
});

test.each([
  [204, 'invalid'],
  [404, 'invalid'],
  [401, 'invalid'],
  [429, 'unavailable'],
  [500, 'unavailable'],
  [503, 'unavailable'],
])('the answer %i is %s', async (status, expected) => {
  answer = (_request, response) => {
    response.statusCode = status;
    response.end('{"error":"no"}');
  };
  expect(await kindOf(api('checkr').fetch(request, signal))).toBe(expected);
});

test('no answer is worth another try; no JSON, a redirect with the key, or a path to another host is not followed', async () => {
  expect(await kindOf(api('checkr', 'http://127.0.0.1:1').fetch(request, signal))).toBe('unavailable');
  answer = (_request, response) => response.end('<html>');
  expect(await kindOf(api('checkr').fetch(request, signal))).toBe('invalid');
  let asked = 0;
  answer = (_request, response) => {
    asked += 1;
    response.writeHead(302, { location: '/elsewhere' }).end();
  };
  expect(await kindOf(api('checkr').fetch(request, signal))).toBe('invalid');
  expect(asked).toBe(1);
  const outside = { ...request, path: '//evil.example.com/v1/reports/r-1' };
  expect(await kindOf(api('checkr').fetch(outside, signal))).toBe('invalid');
  expect(asked).toBe(1);
});
