import type { Library } from './library.ts';

/** Address of the account whose second step the cookie of a challenge is about; null when there is none, or it is over. */
export async function challengedEmail(library: Library, headers: Headers): Promise<string | null> {
  const context = await library.$context;
  const { name } = context.createAuthCookie('two_factor');
  const identifier = signedValue(headers.get('cookie') ?? '', name);
  if (identifier === null) return null;
  const challenge = await context.internalAdapter.findVerificationValue(identifier);
  if (!challenge) return null;
  const user = await context.internalAdapter.findUserById(challenge.value);
  return user?.email ?? null;
}

/** The value of a signed cookie, `value.signature`. The library checks the signature before it believes it. */
function signedValue(cookies: string, name: string): string | null {
  const pair = cookies.split(/;\s*/).find((one) => one.startsWith(`${name}=`));
  if (pair === undefined) return null;
  try {
    return decodeURIComponent(pair.slice(name.length + 1)).split('.')[0] ?? null;
  } catch {
    return null;
  }
}
