import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { sql } from 'kysely';
import type { UserId } from '#contracts/ids';
import type { Clock } from '#platform/clock';
import { PlumblineError, type ErrorPlace } from '#platform/errors';
import type { Ids } from '#platform/ids';
import { isUniqueViolation, type Postgres } from '#platform/postgres';
import { passwordLength } from './options.ts';

const newUserSchema = z.object({
  name: z.string().trim().min(1).max(200),
  email: z.email().max(320).toLowerCase(),
  password: z
    .string()
    .min(passwordLength.min, `needs at least ${passwordLength.min} characters`)
    .max(passwordLength.max, `takes at most ${passwordLength.max} characters`),
});

export type NewUser = z.input<typeof newUserSchema>;

interface Deps {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Throws `identity.user_invalid` with each fault. */
export function readNewUser(user: NewUser): z.output<typeof newUserSchema> {
  const parsed = newUserSchema.safeParse(user);
  if (parsed.success) return parsed.data;
  throw userInvalid(
    parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
  );
}

export const weakPassword = (fault: string): PlumblineError =>
  userInvalid([{ path: 'password', message: fault }]);

function userInvalid(places: readonly ErrorPlace[]): PlumblineError {
  return new PlumblineError({
    kind: 'invalid',
    code: 'identity.user_invalid',
    detail: `The account cannot be made: ${places.map(({ path, message }) => `${path}: ${message}`).join('; ')}.`,
    places,
  });
}

/** User and password in one transaction. Throws `identity.email_taken`. */
export async function insertUser(
  { postgres, clock, ids }: Deps,
  user: { readonly name: string; readonly email: string; readonly passwordHash: string },
): Promise<UserId> {
  const id = ids.next('user');
  const at = clock.now();
  try {
    await postgres.asSystem(async (tx) => {
      await sql`
        insert into auth_users (id, name, email, email_verified, created_at, updated_at)
        values (${id}, ${user.name}, ${user.email}, true, ${at}::timestamptz, ${at}::timestamptz)`.execute(
        tx,
      );
      await sql`
        insert into auth_accounts (id, account_id, provider_id, user_id, password, created_at, updated_at)
        values (${randomUUID()}, ${id}, 'credential', ${id}, ${user.passwordHash}, ${at}::timestamptz,
          ${at}::timestamptz)`.execute(tx);
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new PlumblineError({
      kind: 'conflict',
      code: 'identity.email_taken',
      detail: 'There is an account with that e-mail address already.',
      cause: error,
    });
  }
  return id;
}

/** Throws `identity.user_not_found`. */
export async function setPasswordHash(
  { postgres, clock }: Deps,
  userId: UserId,
  passwordHash: string,
): Promise<void> {
  const changed = await postgres.asSystem((tx) =>
    sql`
      update auth_accounts set password = ${passwordHash}, updated_at = ${clock.now()}::timestamptz
      where user_id = ${userId} and provider_id = 'credential'`.execute(tx),
  );
  if (changed.numAffectedRows === 0n) {
    throw new PlumblineError({
      kind: 'not_found',
      code: 'identity.user_not_found',
      detail: `There is no user ${userId}.`,
    });
  }
}

/** Whether the user has a place in a company other than this one. */
export async function belongsElsewhere(
  postgres: Postgres,
  userId: UserId,
  tenantId: string,
): Promise<boolean> {
  const { rows } = await postgres.asSystem((tx) =>
    sql`select 1 from memberships where user_id = ${userId} and tenant_id <> ${tenantId} limit 1`.execute(tx),
  );
  return rows.length > 0;
}
