import path from 'node:path';
import * as z from 'zod';
import { logLevels } from '#platform/log';
import { assistant } from './assistant.ts';
import { embeddings } from './embeddings.ts';
import { kafka } from './kafka.ts';
import { security } from './security.ts';
import { keys } from './keys.ts';
import { urlOf, wholeNumber, yesOrNo } from './values.ts';

const http = z
  .object({
    HOST: z.string().default('127.0.0.1'),
    PORT: wholeNumber(0, 65_535).default(3000),
    ORIGIN: urlOf('http', 'https').optional(),
    TRUST_PROXY: yesOrNo.default(false),
    BODY_LIMIT_BYTES: wholeNumber(1024, 64 * 1024 * 1024).default(1024 * 1024),
    WEBHOOK_RATE_PER_MINUTE: wholeNumber(1, 100_000_000).default(1000),
    API_RATE_PER_MINUTE: wholeNumber(1, 100_000_000).default(100),
    LIVE_SOCKETS_PER_USER: wholeNumber(1, 100_000).default(32),
  })
  .transform((env) => ({
    host: env.HOST,
    port: env.PORT,
    /** Where browsers reach us; cookies and passkeys are bound to it. */
    origin: new URL(env.ORIGIN ?? `http://localhost:${env.PORT}`).origin,
    /** Believe `x-forwarded-for` and `x-forwarded-proto`. */
    trustProxy: env.TRUST_PROXY,
    bodyLimitBytes: env.BODY_LIMIT_BYTES,
    /** Per tenant and minute. */
    webhookRatePerMinute: env.WEBHOOK_RATE_PER_MINUTE,
    apiRatePerMinute: env.API_RATE_PER_MINUTE,
    /** Open tabs of one user that are kept live. */
    liveSocketsPerUser: env.LIVE_SOCKETS_PER_USER,
  }));

const data = z
  .object({ PLUMBLINE_DATA: z.string().default('.plumbline') })
  .transform((env) => ({ folder: path.resolve(env.PLUMBLINE_DATA) }));

const postgres = z
  .object({
    DATABASE_URL: urlOf('postgres', 'postgresql').optional(),
    DATABASE_POOL_SIZE: wholeNumber(2, 500).default(10),
  })
  .transform((env) => ({ url: env.DATABASE_URL, maxConnections: env.DATABASE_POOL_SIZE }));

const clickhouse = z
  .object({
    CLICKHOUSE_URL: urlOf('http', 'https').optional(),
    CLICKHOUSE_USER: z.string().default('default'),
    CLICKHOUSE_PASSWORD: z.string().default(''),
    CLICKHOUSE_DATABASE: z
      .string()
      .regex(/^[a-z][a-z0-9_]*$/, 'expected lower-case letters, digits and _')
      .default('plumbline'),
    /** A cluster of one shard, as `system.clusters` of the server names it: the tables are made on all its replicas. */
    CLICKHOUSE_CLUSTER: z
      .string()
      .regex(/^[A-Za-z0-9_.-]+$/, 'expected letters, digits, _ . or -')
      .optional(),
  })
  .refine((env) => env.CLICKHOUSE_CLUSTER === undefined || env.CLICKHOUSE_URL !== undefined, {
    path: ['CLICKHOUSE_CLUSTER'],
    error: 'A cluster needs CLICKHOUSE_URL, the address of one of its servers or of a balancer',
  })
  .transform((env) => ({
    cluster: env.CLICKHOUSE_CLUSTER,
    url: env.CLICKHOUSE_URL,
    username: env.CLICKHOUSE_USER,
    password: env.CLICKHOUSE_PASSWORD,
    database: env.CLICKHOUSE_DATABASE,
  }));

const auth = z
  .object({
    AUTH_SECRET: z.string().min(32, 'expected at least 32 characters').optional(),
    AUTH_SECOND_FACTOR: z.enum(['required', 'asked']).optional(),
    AUTH_PRIVATE_IDENTITY_PROVIDERS: z
      .string()
      .regex(/^https?:\/\/[^\s,/]+(?:,https?:\/\/[^\s,/]+)*$/, 'expected origins, with commas between')
      .optional(),
    AUTH_DNS_SERVER: z
      .string()
      .regex(
        /^[\d.]+(?::\d+)?$|^\[[\da-f:]+\](?::\d+)?$/i,
        'expected an address, with a port if it is not 53',
      )
      .optional(),
  })
  .transform((env) => ({
    /** Who answers for the TXT records by which companies show their domains. Undefined: the system's name servers. */
    dnsServer: env.AUTH_DNS_SERVER,
    secret: env.AUTH_SECRET,
    /** Whether administrators must hold a passkey, or are only asked to. Undefined: asked in a demo, else required. */
    secondFactor: env.AUTH_SECOND_FACTOR,
    /** Origins of identity providers inside the own network; all others must be reachable in public. */
    privateIdentityProviders: env.AUTH_PRIVATE_IDENTITY_PROVIDERS?.split(',') ?? [],
  }));

const mail = z
  .object({
    SMTP_URL: urlOf('smtp', 'smtps').optional(),
    MAIL_FROM: z.string().default('Plumbline <no-reply@localhost>'),
  })
  .transform((env) => ({
    /** Undefined: mail becomes files in `<data folder>/outbox`. */
    smtpUrl: env.SMTP_URL,
    from: env.MAIL_FROM,
  }));

const log = z
  .object({
    LOG_LEVEL: z.enum(logLevels).default('info'),
    LOG_PRETTY: yesOrNo.optional(),
  })
  .transform((env) => ({
    level: env.LOG_LEVEL,
    /** Undefined: pretty when standard output is a terminal. */
    pretty: env.LOG_PRETTY,
  }));

const metrics = z
  .object({
    METRICS_TOKEN: z.string().min(16, 'expected at least 16 characters').optional(),
    METRICS_PORT: wholeNumber(0, 65_535).optional(),
    METRICS_HOST: z.string().default('127.0.0.1'),
  })
  .transform((env) => ({
    /** With it `GET /metrics` answers on the port of the service to whoever brings it as bearer token. */
    token: env.METRICS_TOKEN,
    /** With it `GET /metrics` answers on a port of its own too, to whoever can reach it. */
    port: env.METRICS_PORT,
    host: env.METRICS_HOST,
  }));

/** Names and meanings of OpenTelemetry; those of its other settings are refused by nobody and read by nobody. */
const tracing = z
  .object({
    OTEL_EXPORTER_OTLP_ENDPOINT: urlOf('http', 'https').optional(),
    OTEL_EXPORTER_OTLP_HEADERS: z
      .string()
      .regex(/^[^=,]+=[^,]*(?:,[^=,]+=[^,]*)*$/, 'expected name=value, with commas between')
      .optional(),
    OTEL_SERVICE_NAME: z.string().default('plumbline'),
    OTEL_TRACES_SAMPLER_ARG: z
      .string()
      .regex(/^(?:0(?:\.\d+)?|1(?:\.0+)?)$/, 'expected a number from 0 to 1')
      .default('0.05'),
  })
  .transform((env) => ({
    /** Where traces go (OTLP over HTTP), without `/v1/traces`. Undefined = no tracing. */
    endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
    headers: headersOf(env.OTEL_EXPORTER_OTLP_HEADERS ?? ''),
    serviceName: env.OTEL_SERVICE_NAME,
    /** Part of the traces that are recorded. */
    ratio: Number(env.OTEL_TRACES_SAMPLER_ARG),
  }));

/** `name=value,name=value`; values may be percent-encoded. */
function headersOf(text: string): Record<string, string> {
  const pairs = text.split(',').filter((pair) => pair !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())];
    }),
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const demo = z
  .object({
    PLUMBLINE_DEMO: yesOrNo.optional(),
    PLUMBLINE_DEMO_PEOPLE: wholeNumber(20, 100_000).default(2000),
    PLUMBLINE_DEMO_HISTORY: yesOrNo.default(true),
    PLUMBLINE_DEMO_RATE: wholeNumber(0, 1000).default(2),
  })
  .transform((env) => ({
    /** Undefined: on when everything is embedded, off beside a real database. */
    enabled: env.PLUMBLINE_DEMO,
    people: env.PLUMBLINE_DEMO_PEOPLE,
    /** Whether the company gets a past. */
    history: env.PLUMBLINE_DEMO_HISTORY,
    /** Vendor messages per second that the simulator sends from the start; 0 = it waits to be started. */
    ratePerSecond: env.PLUMBLINE_DEMO_RATE,
  }));

const shutdown = z
  .object({
    SHUTDOWN_NOTICE_MS: wholeNumber(0, 600_000).optional(),
    SHUTDOWN_LIMIT_MS: wholeNumber(1000, 600_000).default(25_000),
  })
  .transform((env) => ({
    /** How long a process that was asked to end serves on and says that it is not ready. Undefined: as its role needs. */
    noticeMs: env.SHUTDOWN_NOTICE_MS,
    /** Then it has so long to finish what it does; give the supervisor's limit some seconds more than both. */
    limitMs: env.SHUTDOWN_LIMIT_MS,
  }));

/** One schema per area; each reads its own names from the same environment. */
export const areas = z.object({
  http,
  data,
  postgres,
  clickhouse,
  assistant,
  embeddings,
  kafka,
  keys,
  auth,
  mail,
  security,
  log,
  metrics,
  tracing,
  shutdown,
  demo,
});

/** Own names that exist; others that start like them are typing errors. */
export const ownNames: ReadonlySet<string> = new Set([
  'PLUMBLINE_DATA',
  'PLUMBLINE_DEMO',
  'PLUMBLINE_DEMO_PEOPLE',
  'PLUMBLINE_DEMO_HISTORY',
  'PLUMBLINE_DEMO_RATE',
]);
