import { describe, expect, it } from 'vitest';
import { PlumblineError } from '#platform/errors';
import { createLog, type LogFields } from './index.ts';

function captured() {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({
    level: 'debug',
    destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  return { log, lines };
}

describe('log', () => {
  it('keeps allowed fields and names the dropped ones without their values', () => {
    const { log, lines } = captured();
    const fields = { tenantId: 'ten_1', email: 'ann@example.com', count: 3 } as LogFields;
    log.info(fields, 'done');
    expect(lines[0]).toMatchObject({
      level: 'info',
      tenantId: 'ten_1',
      count: 3,
      omitted: ['email'],
      msg: 'done',
    });
    expect(JSON.stringify(lines)).not.toContain('ann@');
  });

  it('drops an object put into an allowed field', () => {
    const { log, lines } = captured();
    log.info({ reason: { name: 'Ann' } } as unknown as LogFields, 'odd');
    expect(lines[0]).toMatchObject({ omitted: ['reason'] });
    expect(JSON.stringify(lines)).not.toContain('Ann');
  });

  it('filters the fields of a child log too', () => {
    const { log, lines } = captured();
    log.child({ component: 'relay', name: 'Ann' } as LogFields).warn({}, 'late');
    expect(lines[0]).toMatchObject({ component: 'relay', msg: 'late' });
    expect(JSON.stringify(lines)).not.toContain('Ann');
  });

  it('blanks the values that an engine quotes', () => {
    const { log, lines } = captured();
    const pgError = Object.assign(new Error('invalid input syntax for type date: "1980-13-01"'), {
      code: '22007',
      detail: 'Key (email)=(ann@example.com) already exists.',
    });
    const err = new PlumblineError({
      kind: 'internal',
      code: 'x.failed',
      detail: 'It failed.',
      cause: pgError,
    });
    log.error({ err }, 'failed');
    expect(lines[0]?.['err']).toMatchObject({ code: 'x.failed', kind: 'internal', cause: { code: '22007' } });
    expect(JSON.stringify(lines)).not.toMatch(/1980|ann@/);
  });

  it('carries the trace that a line belongs to', () => {
    const lines: Record<string, unknown>[] = [];
    let trace: { traceId: string; spanId: string } | null = null;
    const log = createLog({
      level: 'info',
      destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
      trace: () => trace,
    });
    log.info({}, 'outside');
    trace = { traceId: '0af7', spanId: 'b7ad' };
    log.child({ component: 'door' }).info({ count: 1 }, 'inside');
    expect(lines[0]).not.toHaveProperty('traceId');
    expect(lines[1]).toMatchObject({ traceId: '0af7', spanId: 'b7ad', component: 'door', count: 1 });
  });

  it('writes bigints as text', () => {
    const { log, lines } = captured();
    log.info({ offset: 9007199254740993n }, 'at');
    expect(lines[0]).toMatchObject({ offset: '9007199254740993' });
  });
});
