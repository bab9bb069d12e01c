import { hash, verify } from '@node-rs/argon2';
import { verifyPassword as verifyScrypt } from 'better-auth/crypto';
import { createPasswordJudge, type PasswordJudge } from './password-judge.ts';

/** Argon2id as OWASP's password storage cheat sheet has it: 19 MiB, two passes, one lane. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** So many are computed at once: each takes 19 MiB and a thread of Node's pool, which files need too. */
const mostAtOnce = 3;

export interface Passwords extends PasswordJudge {
  hash(password: string): Promise<string>;
  /** True also for hashes of the first releases, which were scrypt. */
  verify(given: { readonly hash: string; readonly password: string }): Promise<boolean>;
}

export function createPasswords(): Passwords {
  const inTurn = createTurns(mostAtOnce);
  return {
    ...createPasswordJudge(),
    hash: (password) => inTurn(() => hash(password, cost)),
    verify: ({ hash: kept, password }) =>
      inTurn(() =>
        kept.startsWith('$argon2id$') ? verify(kept, password) : verifyScrypt({ hash: kept, password }),
      ),
  };
}

type Turns = <T>(work: () => Promise<T>) => Promise<T>;

/** Lets so many run at once; the others wait in line. */
function createTurns(most: number): Turns {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
