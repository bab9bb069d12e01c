import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createAwsKms } from './aws-kms.ts';

/** A key service that speaks AWS's wire format (JSON 1.1): its ciphertext is a number under which it remembers the rest. */
interface Asked {
  readonly target: string;
  readonly authorization: string;
  readonly body: Record<string, unknown>;
}

let server: Server;
let endpoint: string;
const asked: Asked[] = [];
const sealed = new Map<string, { plain: string; context: string; keyId: unknown }>();
let failing: string | null = null;

beforeAll(async () => {
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATESTTESTTESTTEST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a-secret-of-the-test');
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
      const target = String(request.headers['x-amz-target']);
      asked.push({ target, authorization: String(request.headers.authorization), body });
      const [status, answer] = answerTo(target, body);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  asked.length = 0;
  failing = null;
});

function answerTo(target: string, body: Record<string, unknown>): [number, Record<string, unknown>] {
  const context = JSON.stringify(body['EncryptionContext'] ?? {});
  if (failing !== null) return [400, { __type: failing, message: 'refused by the test' }];
  if (target === 'TrentService.Encrypt') {
    const blob = randomBytes(16).toString('base64');
    sealed.set(blob, { plain: String(body['Plaintext']), context, keyId: body['KeyId'] });
    return [200, { CiphertextBlob: blob, KeyId: body['KeyId'] }];
  }
  const found = sealed.get(String(body['CiphertextBlob']));
  if (found?.context !== context || found.keyId !== body['KeyId']) {
    return [400, { __type: 'InvalidCiphertextException' }];
  }
  return [200, { Plaintext: found.plain, KeyId: found.keyId }];
}

const context = { tenant: 'ten_1', key: 'key_1', purpose: 'tenant' };
const plain = randomBytes(32);

test('wraps and unwraps by signed requests with the context', async () => {
  const kms = createAwsKms({ keyId: 'alias/plumbline', endpoint });
  expect(kms.keyId).toBe('aws:alias/plumbline');
  const wrapped = await kms.wrap(plain, context);
  expect(Buffer.from(await kms.unwrap(wrapped, kms.keyId, context))).toEqual(plain);
  expect(asked.map(({ target }) => target)).toEqual(['TrentService.Encrypt', 'TrentService.Decrypt']);
  expect(asked[0]?.body).toMatchObject({ KeyId: 'alias/plumbline', EncryptionContext: context });
  for (const { authorization } of asked) expect(authorization).toMatch(/^AWS4-HMAC-SHA256 .*us-east-1\/kms/);
});

test('what an earlier key wrapped is unwrapped by that key', async () => {
  const before = createAwsKms({ keyId: 'key-of-2025', endpoint });
  const wrapped = await before.wrap(plain, context);
  const now = createAwsKms({ keyId: 'key-of-2026', endpoint });
  expect(Buffer.from(await now.unwrap(wrapped, before.keyId, context))).toEqual(plain);
  expect(asked.at(-1)?.body['KeyId']).toBe('key-of-2025');
});

test('another context does not unwrap it', async () => {
  const kms = createAwsKms({ keyId: 'k', endpoint });
  const wrapped = await kms.wrap(plain, context);
  await expect(kms.unwrap(wrapped, kms.keyId, { ...context, tenant: 'ten_2' })).rejects.toMatchObject({
    code: 'keys.wrapped_key_damaged',
  });
});

test('a refusal of AWS is told without its words', async () => {
  const kms = createAwsKms({ keyId: 'k', endpoint });
  failing = 'AccessDeniedException';
  const refused = kms.wrap(plain, context);
  await expect(refused).rejects.toMatchObject({ kind: 'unavailable', code: 'keys.service_unavailable' });
  await expect(refused).rejects.not.toMatchObject({
    detail: expect.stringContaining('AccessDenied') as string,
  });
});
