import type * as z from 'zod';
import { PlumblineError, type ErrorPlace } from '#platform/errors';
import { areas, ownNames } from './areas.ts';
import { keepAuthSecret } from './auth-secret.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

type Areas = z.output<typeof areas>;

/** Everything that is decided outside the program. Read once, at the start. */
export interface Config extends Omit<Areas, 'auth' | 'demo' | 'log'> {
  readonly auth: { readonly secret: string };
  readonly log: { readonly level: Areas['log']['level']; readonly pretty: boolean };
  readonly demo: Omit<Areas['demo'], 'enabled'> & { readonly enabled: boolean };
}

/** What the process started with; the only reading of `process.env`. */
export const processEnvironment = (): Environment => process.env;

/**
 * Reads the configuration. Makes the data folder and the auth secret in it when `AUTH_SECRET` is absent.
 * Throws `config.invalid` with all faults at once, each under the name of its variable.
 */
export function loadConfig(env: Environment): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim() !== ''));
  const parsed = areas.safeParse(Object.fromEntries(Object.keys(areas.shape).map((area) => [area, given])));
  const places = [...(parsed.success ? [] : parsed.error.issues.map(placeOf)), ...unknownNames(given)];
  if (!parsed.success || places.length > 0) throw invalid(places);

  const { auth, log, demo, ...rest } = parsed.data;
  const allEmbedded = rest.postgres.url === undefined && rest.clickhouse.url === undefined;
  return {
    ...rest,
    auth: { secret: auth.secret ?? keepAuthSecret(rest.data.folder) },
    log: { level: log.level, pretty: log.pretty ?? process.stdout.isTTY },
    demo: { ...demo, enabled: demo.enabled ?? allEmbedded },
  };
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
