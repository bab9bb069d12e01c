import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { createSilentTracing, traceHeader, type Carried, type Tracing } from './index.ts';
import { createTracing } from './otel.ts';

function traced(ratio = 1) {
  const exporter = new InMemorySpanExporter();
  const tracing = createTracing({ serviceName: 'test', ratio }, new SimpleSpanProcessor({ exporter }));
  const spans = () =>
    exporter.getFinishedSpans().map((span) => ({
      name: span.name,
      trace: span.spanContext().traceId,
      id: span.spanContext().spanId,
      parent: span.parentSpanContext?.spanId,
      links: span.links.map((link) => link.context.spanId),
      status: span.status.message,
    }));
  const named = (name: string) => spans().filter((span) => span.name === name);
  return { tracing, spans, named };
}

/** A record as a traced request writes it. */
async function written(tracing: Tracing, key: string): Promise<Carried> {
  const parent = await tracing.entry('request', {}, () =>
    Promise.resolve(tracing.outgoing({ key, headers: {} })),
  );
  return { key, headers: parent === undefined ? {} : { [traceHeader]: parent } };
}

describe('tracing', () => {
  it('goes on from the header of a record', async () => {
    const { tracing, named } = traced();
    const record = await written(tracing, 'a');
    await tracing.batch('consume', {}, [record], () =>
      tracing.within('transaction', {}, () => Promise.resolve()),
    );
    const [request] = named('request');
    expect(named('consume')).toMatchObject([{ parent: request?.id, trace: request?.trace }]);
    expect(named('transaction')).toMatchObject([{ parent: named('consume')[0]?.id, trace: request?.trace }]);
  });

  it('gives each trace of a batch its span, tells the work once and links to it', async () => {
    const { tracing, named } = traced();
    const records = [await written(tracing, 'a'), await written(tracing, 'b'), { key: 'c', headers: {} }];
    await tracing.batch('consume', {}, records, () =>
      tracing.within('transaction', {}, () => Promise.resolve()),
    );
    const requests = named('request');
    const consumed = named('consume');
    expect(consumed.map((span) => span.parent)).toEqual(requests.map((span) => span.id));
    expect(consumed.map((span) => span.links)).toEqual([[], [consumed[0]?.id]]);
    expect(named('transaction')).toMatchObject([{ parent: consumed[0]?.id }]);
  });

  it('finds what a written record comes from by its header, else by its key, else not at all', async () => {
    const { tracing, named } = traced();
    const [a, b] = [await written(tracing, 'a'), await written(tracing, 'b')];
    const told = await tracing.batch('consume', {}, [a, b], () =>
      Promise.resolve([
        tracing.outgoing({ key: 'new', headers: b.headers }),
        tracing.outgoing({ key: 'a', headers: {} }),
        tracing.outgoing({ key: 'new', headers: {} }),
      ]),
    );
    const ids = named('consume').map((span) => span.id);
    expect(told.map((parent) => parent?.split('-')[2])).toEqual([ids[1], ids[0], undefined]);
  });

  it('writes no header for a trace that is not recorded', async () => {
    const { tracing, spans } = traced(0);
    expect(await written(tracing, 'a')).toEqual({ key: 'a', headers: {} });
    expect(await tracing.entry('request', {}, () => Promise.resolve(tracing.current()))).toBeNull();
    expect(spans()).toEqual([]);
  });

  it('does not obey the trace of a stranger, but names it', async () => {
    const { tracing, named } = traced();
    const foreign = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await tracing.entry('request', {}, () => Promise.resolve(), foreign);
    await tracing.entry('request', {}, () => Promise.resolve(), 'no such thing');
    const [linked, plain] = named('request');
    expect(linked).toMatchObject({ parent: undefined, links: ['b7ad6b7169203331'] });
    expect(linked?.trace).not.toBe('0af7651916cd43dd8448eb211c80319c');
    expect(plain).toMatchObject({ links: [] });
  });

  it('tells the code of a failure and not its message', async () => {
    const { tracing, named } = traced();
    const failure = Object.assign(new Error('Key (email)=(ann@example.com) exists'), { code: '23505' });
    await expect(tracing.entry('request', {}, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(named('request')).toMatchObject([{ status: '23505' }]);
  });

  it('bounds the spans of a batch', async () => {
    const { tracing, named } = traced();
    const records: Carried[] = [];
    for (let at = 0; at < 200; at += 1) records.push(await written(tracing, String(at)));
    await tracing.batch('consume', {}, records, () => Promise.resolve());
    expect(named('consume').length).toBe(64);
  });
});

it('costs nothing and tells nothing when it is off', async () => {
  const tracing = createSilentTracing();
  expect(await written(tracing, 'a')).toEqual({ key: 'a', headers: {} });
  expect(await tracing.batch('consume', {}, [], () => Promise.resolve(7))).toBe(7);
});
