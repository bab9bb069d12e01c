import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpEmbedder } from './http-service.ts';
import { openOnnxSession } from './onnx-session.ts';
import { openStaticEmbedder } from './static-vectors.ts';

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, each, at) => sum + each * (b[at] ?? 0), 0);

describe('the vectors of this repository', () => {
  it('put what means alike together', async () => {
    const { question, passages, dimensions } = await openStaticEmbedder();
    const asked = await question('drunk driver');
    const [near, far] = await passages(['alcohol use while driving a vehicle', 'guardrails on roofs']);
    expect([asked.length, Math.round(dot(asked, asked) * 1000)]).toEqual([dimensions, 1000]);
    expect(dot(asked, near ?? asked)).toBeGreaterThan(dot(asked, far ?? asked) + 0.1);
  });
  it('are nothing for nothing', async () => {
    const { question } = await openStaticEmbedder();
    expect((await question('')).every((each) => each === 0)).toBe(true);
  });
});

describe('a service', () => {
  let server: Server;
  let address = '';
  const bodies: unknown[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as { input: string[] };
        bodies.push({ ...body, authorization: request.headers.authorization, url: request.url });
        if (body.input[0] === 'broken') return void response.writeHead(500).end();
        const data = body.input.map((text, index) => ({ index, embedding: [text.length, 0] })).toReversed();
        response.end(JSON.stringify({ data }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`;
  });
  afterAll(() => void server.close());

  it('is asked in OpenAI’s shape, and its answers put in order', async () => {
    const embedder = createHttpEmbedder({ address, model: 'm', key: 'k', dimensions: 2 });
    expect(await embedder.passages(['a', 'bb'])).toEqual([Float32Array.of(1, 0), Float32Array.of(1, 0)]);
    expect(bodies).toEqual([
      { model: 'm', input: ['a', 'bb'], authorization: 'Bearer k', url: '/v1/embeddings' },
    ]);
  });
  it('fails in words', async () => {
    const failing = createHttpEmbedder({ address, model: 'm', dimensions: 2 });
    await expect(failing.question('broken')).rejects.toThrow('embedding.service_failed');
    const other = createHttpEmbedder({ address, model: 'm', dimensions: 3 });
    await expect(other.question('x')).rejects.toThrow('embedding.service_failed');
  });
});

it('a folder without a model says so', async () => {
  await expect(openOnnxSession(import.meta.dirname)).rejects.toThrow('embedding.model_missing');
});
