import type * as z from 'zod';
import { PlumblineError, type ErrorPlace } from '#platform/errors';
import { areas, ownNames } from './areas.ts';
import { keepAuthSecret } from './auth-secret.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

type Areas = z.output<typeof areas>;

/** What a process that shows no pages decides by: all but the secret that signs sessions. */
export interface EngineConfig extends Omit<Areas, 'auth' | 'demo' | 'log'> {
  readonly log: { readonly level: Areas['log']['level']; readonly pretty: boolean };
  readonly demo: Omit<Areas['demo'], 'enabled'> & { readonly enabled: boolean };
}

/** Everything that is decided outside the program. Read once, at the start. */
export interface Config extends EngineConfig {
  readonly auth: Omit<Areas['auth'], 'secret' | 'secondFactor'> & {
    readonly secret: string;
    readonly secondFactor: 'required' | 'asked';
  };
}

/** `all`: one process with every role, which brings its own engines; the others share servers. `tool`: a command. */
export type ProcessRole = 'all' | 'web' | 'ingest' | 'worker' | 'tool';

/** What the process started with; the only reading of `process.env`. */
export const processEnvironment = (): Environment => process.env;

/**
 * Reads the configuration of a process that signs people in. Makes the data folder and the auth secret in it when
 * everything is embedded and `AUTH_SECRET` is absent. Throws `config.invalid` with all faults at once, each under the
 * name of its variable.
 */
export function loadConfig(env: Environment, role: 'all' | 'web' = 'all'): Config {
  const { config, auth } = read(env, role);
  return {
    ...config,
    auth: {
      ...auth,
      secret: auth.secret ?? keepAuthSecret(config.data.folder),
      secondFactor: auth.secondFactor ?? (config.demo.enabled ? 'asked' : 'required'),
    },
  };
}

/** As `loadConfig`, for a process that needs no secret. */
export function loadEngineConfig(env: Environment, role: 'ingest' | 'worker' | 'tool'): EngineConfig {
  return read(env, role).config;
}

function read(env: Environment, role: ProcessRole): { config: EngineConfig; auth: Areas['auth'] } {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim() !== ''));
  const parsed = areas.safeParse(Object.fromEntries(Object.keys(areas.shape).map((area) => [area, given])));
  const places = [
    ...(parsed.success ? [] : parsed.error.issues.map(placeOf)),
    ...unknownNames(given),
    ...missingNames(given, role),
    ...(parsed.success ? tooSmall(parsed.data) : []),
  ];
  if (!parsed.success || places.length > 0) throw invalid(places);

  const { auth, log, demo, ...rest } = parsed.data;
  const allEmbedded = rest.postgres.url === undefined && rest.clickhouse.url === undefined;
  const config = {
    ...rest,
    log: { level: log.level, pretty: log.pretty ?? process.stdout.isTTY },
    demo: { ...demo, enabled: demo.enabled ?? (role === 'all' && allEmbedded) },
  };
  return { config, auth };
}

/** Servers that a role cannot do without: the embedded engines belong to one process. */
const neededServers: Record<ProcessRole, readonly string[]> = {
  all: [],
  web: ['DATABASE_URL', 'CLICKHOUSE_URL'],
  ingest: ['DATABASE_URL'],
  worker: ['DATABASE_URL', 'CLICKHOUSE_URL'],
  tool: [],
};

const masterKeyNames = ['MASTER_KEYS', 'MASTER_KEY_FILE', 'AWS_KMS_KEY_ID'];

function missingNames(env: Environment, role: ProcessRole): ErrorPlace[] {
  const servers = neededServers[role]
    .filter((name) => env[name] === undefined)
    .map((name) => ({
      path: name,
      message: `is needed by "plumbline ${role}", which shares it with other processes ("npm start" brings engines of its own)`,
    }));
  if (env['DATABASE_URL'] === undefined || role === 'tool') return servers;
  if (!masterKeyNames.some((name) => env[name] !== undefined)) {
    const message = `or another of ${masterKeyNames.join(', ')} is needed with DATABASE_URL: every process must open what another sealed. See docs/privacy.md`;
    servers.push({ path: 'MASTER_KEYS', message });
  }
  const signsIn = role === 'web' || role === 'all';
  if (!signsIn || env['AUTH_SECRET'] !== undefined) return servers;
  const message =
    'is needed with DATABASE_URL: every web process must sign sessions alike. Make one with "openssl rand -base64 48"';
  return [...servers, { path: 'AUTH_SECRET', message }];
}

/** What comes with a body into its record: key, headers, frame. */
const aroundBodyBytes = 64 * 1024;

/** Every body that the door lets in must fit into a message. */
function tooSmall({ http, kafka }: Areas): ErrorPlace[] {
  const needed = http.bodyLimitBytes + aroundBodyBytes;
  if (kafka === null || kafka.messageBytes >= needed) return [];
  const message = `is too small for bodies of BODY_LIMIT_BYTES; expected at least ${needed}`;
  return [{ path: 'KAFKA_MESSAGE_BYTES', message }];
}

function placeOf(issue: z.core.$ZodIssue): ErrorPlace {
  return { path: issue.path.slice(1).join('.'), message: issue.message };
}

function unknownNames(env: Environment): ErrorPlace[] {
  return Object.keys(env)
    .filter((name) => name.startsWith('PLUMBLINE_') && !ownNames.has(name))
    .map((name) => ({ path: name, message: `is not a setting; there are ${[...ownNames].join(', ')}` }));
}

function invalid(places: readonly ErrorPlace[]): PlumblineError {
  return new PlumblineError({
    kind: 'invalid',
    code: 'config.invalid',
    detail: `The configuration has ${places.length === 1 ? 'a fault' : `${places.length} faults`}: ${places
      .map(({ path, message }) => `${path}: ${message}`)
      .join('; ')}.`,
    places,
  });
}
