import { z } from './schema.ts';

export type CeremonyEnd =
  | { readonly ok: true }
  /** `code`: of the service's refusal, or `device` when no key was given. */
  | { readonly ok: false; readonly code: string; readonly message: string };

const service = '/api/auth/passkey';

/** False where the browser has no passkeys, or the page did not come over a secure connection. */
export const canUsePasskeys = (): boolean =>
  typeof PublicKeyCredential !== 'undefined' && 'parseCreationOptionsFromJSON' in PublicKeyCredential;

/** Shows a passkey: begins a session, or proves within one who sits here. */
export async function showPasskey(): Promise<CeremonyEnd> {
  return ceremony('generate-authenticate-options', 'verify-authentication', {}, (options) =>
    navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON({
        ...(options as unknown as PublicKeyCredentialRequestOptionsJSON),
        userVerification: 'required',
      }),
    }),
  );
}

/** Makes a passkey for the account of this session. */
export async function createPasskey(name: string): Promise<CeremonyEnd> {
  return ceremony('generate-register-options', 'verify-registration', { name }, (options) =>
    navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(
        options as unknown as PublicKeyCredentialCreationOptionsJSON,
      ),
    }),
  );
}

const optionsSchema = z.looseObject({ challenge: z.string() });
const refusalSchema = z.object({ code: z.string(), message: z.string() });

async function ceremony(
  begin: string,
  end: string,
  fields: object,
  ask: (options: z.infer<typeof optionsSchema>) => Promise<Credential | null>,
): Promise<CeremonyEnd> {
  const begun = await fetch(`${service}/${begin}`);
  if (!begun.ok) return refused(begun);
  const options = optionsSchema.parse(await begun.json());
  const credential = await ask(options).catch((error: unknown) => error);
  if (!(credential instanceof PublicKeyCredential))
    return { ok: false, code: 'device', message: deviceWords(credential) };
  const ended = await fetch(`${service}/${end}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...fields, response: credential.toJSON() }),
  });
  return ended.ok ? { ok: true } : refused(ended);
}

/** What the device said when it gave no key. */
function deviceWords(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'InvalidStateError') return 'This device holds a passkey for this account already.';
  if (name === 'SecurityError')
    return 'Passkeys work only at the address for which they were made. Check the address of this page.';
  return 'No passkey was given. Try again, or use another way to sign in.';
}

async function refused(response: Response): Promise<CeremonyEnd> {
  const refusal = refusalSchema.safeParse(await response.json().catch(() => null));
  const { code, message } = refusal.data ?? { code: 'unknown', message: '' };
  return { ok: false, code, message: wordsOf(response.status, code, message) };
}

function wordsOf(status: number, code: string, message: string): string {
  if (status === 429) return 'Too many tries. Wait a minute and try again.';
  // Words of our own carry a dotted code; those of the sign-in library are not made for readers.
  if (code.includes('.')) return message;
  if (status === 401) return 'This passkey is not known here, or did not check who holds it.';
  return 'The passkey was not accepted. Try again.';
}
