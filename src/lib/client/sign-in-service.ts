import { z } from './schema.ts';

export type ServiceAnswer =
  | { readonly ok: true; readonly body: unknown }
  /** `code`: of the refusal; `identity.proof_needed` asks who sits there once more. */
  | { readonly ok: false; readonly code: string; readonly message: string };

const refusalSchema = z.object({ code: z.string(), message: z.string() });

/** Asks the sign-in service to change how the viewer signs in. `path` is below `/api/auth`. */
export async function askService(path: string, body: object): Promise<ServiceAnswer> {
  const response = await fetch(`/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => null);
  if (response === null)
    return { ok: false, code: 'offline', message: 'Plumbline could not be reached. Try again.' };
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return { ok: true, body: answer };
  const { code, message } = refusalSchema.safeParse(answer).data ?? { code: 'unknown', message: '' };
  return { ok: false, code, message: wordsOf(response, code, message) };
}

function wordsOf(response: Response, code: string, message: string): string {
  if (response.status === 429) {
    const waitS = Number(response.headers.get('retry-after') ?? 60);
    return `Too many tries. Wait ${waitS > 90 ? `${Math.ceil(waitS / 60)} minutes` : `${waitS} s`} and try again.`;
  }
  if (code.includes('.')) return message;
  if (code === 'INVALID_PASSWORD') return 'That is not your password.';
  if (code === 'INVALID_CODE')
    return 'That is not the code of this half minute. Look at the app again; its clock must be right.';
  return code === 'PASSWORD_TOO_SHORT'
    ? 'The new password needs at least 12 characters.'
    : 'Nothing was changed. Try again.';
}
