import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlumblineError } from '#platform/errors';
import { loadConfig, loadEngineConfig } from './index.ts';

function missing(load: () => unknown): string[] {
  try {
    load();
  } catch (error) {
    if (error instanceof PlumblineError) return error.places.map((place) => place.path);
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'plumbline-config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function faults(env: Record<string, string>): Record<string, string> {
    try {
      loadConfig({ PLUMBLINE_DATA: folder, ...env });
    } catch (error) {
      if (error instanceof PlumblineError)
        return Object.fromEntries(error.places.map((p) => [p.path, p.message]));
      throw error;
    }
    return {};
  }

  it('asks a language model only with a key, within limits in dollars', () => {
    expect(loadConfig({ PLUMBLINE_DATA: folder, ASSISTANT_MODEL: 'm' }).assistant).toBeNull();
    const env = { PLUMBLINE_DATA: folder, ANTHROPIC_API_KEY: 'k', ASSISTANT_USD_PER_DAY: '0.50' };
    expect(loadConfig(env).assistant).toMatchObject({ apiKey: 'k', limits: { microUsdPerDay: 500_000 } });
    expect(Object.keys(faults({ ANTHROPIC_API_KEY: 'k', ASSISTANT_USD_PER_DAY: 'much' }))).toEqual([
      'ASSISTANT_USD_PER_DAY',
    ]);
  });

  it('needs nothing', () => {
    const config = loadConfig({ PLUMBLINE_DATA: folder });
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 3000, origin: 'http://localhost:3000' });
    expect(config.postgres.url).toBeUndefined();
    expect(config.demo.enabled).toBe(true);
  });

  it('watches nobody unless asked, and then as OpenTelemetry names it', () => {
    const quiet = loadConfig({ PLUMBLINE_DATA: folder });
    expect(quiet.metrics).toEqual({ token: undefined, port: undefined, host: '127.0.0.1' });
    expect(quiet.tracing.endpoint).toBeUndefined();
    const { metrics, tracing } = loadConfig({
      PLUMBLINE_DATA: folder,
      METRICS_TOKEN: 'sixteen letters or more',
      METRICS_PORT: '9464',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc,x-team=a=b',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    });
    expect(metrics).toMatchObject({ token: 'sixteen letters or more', port: 9464 });
    expect(tracing).toEqual({
      endpoint: 'https://collector.example:4318',
      headers: { authorization: 'Bearer abc', 'x-team': 'a=b' },
      serviceName: 'plumbline',
      ratio: 0.25,
    });
    expect(
      faults({ METRICS_TOKEN: 'short', OTEL_TRACES_SAMPLER_ARG: '2', OTEL_EXPORTER_OTLP_HEADERS: 'x' }),
    ).toEqual({
      METRICS_TOKEN: 'expected at least 16 characters',
      OTEL_TRACES_SAMPLER_ARG: 'expected a number from 0 to 1',
      OTEL_EXPORTER_OTLP_HEADERS: 'expected name=value, with commas between',
    });
  });

  it('reads every area, and a blank value as absent', () => {
    const config = loadConfig({
      PLUMBLINE_DATA: folder,
      PORT: '8080',
      ORIGIN: 'https://plumb.example/path',
      DATABASE_URL: 'postgres://u:p@db/plumbline',
      CLICKHOUSE_URL: 'http://ch:8123',
      AUTH_SECRET: 'x'.repeat(32),
      MASTER_KEYS: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
      LOG_LEVEL: ' ',
      LOG_PRETTY: 'false',
    });
    expect(config.http).toMatchObject({ port: 8080, origin: 'https://plumb.example' });
    expect(config.log).toEqual({ level: 'info', pretty: false });
    expect(config.auth.secret).toBe('x'.repeat(32));
    expect(config.demo.enabled).toBe(false);
  });

  it('reports all faults at once by the names of the variables', () => {
    const found = faults({
      PORT: '80k',
      DATABASE_URL: 'mysql://x',
      AUTH_SECRET: 'short',
      LOG_LEVEL: 'loud',
      KAFKA_BROKERS: 'kafka://localhost',
      PLUMBLINE_DTAA: '/x',
    });
    expect(Object.keys(found).toSorted()).toEqual(
      [
        'AUTH_SECRET',
        'DATABASE_URL',
        'KAFKA_BROKERS',
        'LOG_LEVEL',
        'MASTER_KEYS',
        'PLUMBLINE_DTAA',
        'PORT',
      ].toSorted(),
    );
    expect(found['KAFKA_BROKERS']).toContain('host:port');
  });

  it('keeps the log in Postgres without brokers', () => {
    const env = { PLUMBLINE_DATA: folder, KAFKA_PARTITIONS: '24' };
    expect(loadConfig(env).kafka).toBeNull();
  });

  it('reads how Kafka is reached', () => {
    const config = loadConfig({
      PLUMBLINE_DATA: folder,
      KAFKA_BROKERS: 'one:9092, two:9093',
      KAFKA_PREFIX: 'acme.',
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: 'u',
      KAFKA_SASL_PASSWORD: 'p',
      KAFKA_TLS_CA_FILE: '/ca.pem',
    });
    expect(config.kafka).toMatchObject({
      brokers: ['one:9092', 'two:9093'],
      client: 'platformatic',
      prefix: 'acme.',
      partitions: 12,
      replicas: -1,
      sasl: { mechanism: 'scram-sha-512', username: 'u', password: 'p' },
      tls: { caFile: '/ca.pem' },
    });
    const plain = loadConfig({ PLUMBLINE_DATA: folder, KAFKA_BROKERS: 'one:9092' }).kafka;
    expect([plain?.sasl, plain?.tls]).toEqual([undefined, undefined]);
  });

  it('names every fault of the Kafka settings', () => {
    const found = faults({
      KAFKA_BROKERS: 'one:9092,two',
      KAFKA_CLIENT: 'librdkafka',
      KAFKA_PARTITIONS: '0',
      KAFKA_SASL_MECHANISM: 'md5',
    });
    expect(Object.keys(found).toSorted()).toEqual([
      'KAFKA_BROKERS',
      'KAFKA_CLIENT',
      'KAFKA_PARTITIONS',
      'KAFKA_SASL_MECHANISM',
    ]);
    const half = faults({
      KAFKA_BROKERS: 'one:9092',
      KAFKA_SASL_USERNAME: 'u',
      KAFKA_TLS: 'false',
      KAFKA_TLS_KEY_FILE: '/key.pem',
    });
    expect(Object.keys(half).toSorted()).toEqual([
      'KAFKA_SASL_MECHANISM',
      'KAFKA_SASL_PASSWORD',
      'KAFKA_TLS',
      'KAFKA_TLS_CERT_FILE',
    ]);
    const small = faults({ KAFKA_BROKERS: 'one:9092', BODY_LIMIT_BYTES: '8388608' });
    expect(small['KAFKA_MESSAGE_BYTES']).toContain('too small');
  });

  it('refuses a port outside the range', () => {
    expect(faults({ PORT: '70000' })).toHaveProperty('PORT');
  });

  it('keeps one generated secret, private to the owner', () => {
    const first = loadConfig({ PLUMBLINE_DATA: folder }).auth.secret;
    expect(loadConfig({ PLUMBLINE_DATA: folder }).auth.secret).toBe(first);
    expect(first.length).toBeGreaterThanOrEqual(43);
    const file = path.join(folder, 'auth-secret');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').trim()).toBe(first);
  });

  it('says so when the kept secret is damaged', () => {
    writeFileSync(path.join(folder, 'auth-secret'), 'x');
    expect(() => loadConfig({ PLUMBLINE_DATA: folder })).toThrow(/damaged/);
  });

  const servers = { DATABASE_URL: 'postgres://u:p@db/plumbline', CLICKHOUSE_URL: 'http://ch:8123' };
  it('wants shared servers for a role of its own, and says which', () => {
    const env = { PLUMBLINE_DATA: folder };
    expect(missing(() => loadConfig(env, 'web'))).toEqual(['DATABASE_URL', 'CLICKHOUSE_URL']);
    expect(missing(() => loadEngineConfig(env, 'worker'))).toEqual(['DATABASE_URL', 'CLICKHOUSE_URL']);
    expect(missing(() => loadEngineConfig(env, 'ingest'))).toEqual(['DATABASE_URL']);
    expect(missing(() => loadEngineConfig(env, 'tool'))).toEqual([]);
    const masterKeys = { MASTER_KEYS: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=' };
    expect(loadEngineConfig({ ...env, ...servers, ...masterKeys }, 'worker').demo.enabled).toBe(false);
  });

  it('wants the secret where sessions are signed on a server, and makes none in secret', () => {
    const env = { PLUMBLINE_DATA: folder, ...servers };
    expect(missing(() => loadConfig(env))).toEqual(['MASTER_KEYS', 'AUTH_SECRET']);
    expect(missing(() => loadConfig(env, 'web'))).toEqual(['MASTER_KEYS', 'AUTH_SECRET']);
    expect(missing(() => loadEngineConfig(env, 'worker'))).toEqual(['MASTER_KEYS']);
    expect(missing(() => loadEngineConfig(env, 'tool'))).toEqual([]);
    expect(() => readFileSync(path.join(folder, 'auth-secret'))).toThrow();
  });
});
