/**
 * The few messages of Postgres' wire protocol that are read or written here; the driver and the engine speak the rest
 * with each other. Source: PostgreSQL documentation, "Message Formats".
 */

const letter = (text: string) => text.charCodeAt(0);

const kinds = {
  copyIn: letter('G'),
  error: letter('E'),
  query: letter('Q'),
  ready: letter('Z'),
  sync: letter('S'),
} as const;

/** First byte of the message by which a client says goodbye. */
export const terminate: number = letter('X');

/** A statement without parameters. */
export function simpleQuery(text: string): Uint8Array {
  const body = Buffer.from(`Q\0\0\0\0${text}\0`);
  body.writeInt32BE(body.length - 1, 1);
  return body;
}

/** What a server says to a client that it lets in: authenticated, ready, in no transaction. */
export const welcome: Uint8Array = Buffer.from('R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I', 'latin1');

/**
 * Why no further statement may be sent after this answer to `messages`; null when all is well. Either the engine says
 * so (PANIC, FATAL), or it left out the "ready" that ends each answer: it lost its way, as by a stack overflow.
 */
export function deathIn(answer: Uint8Array, messages: Uint8Array): string | null {
  let fatal: string | null = null;
  const last = lastKind(answer, (body) => (fatal ??= fatalText(body)));
  if (fatal !== null) return fatal;
  if (last === kinds.ready || last === kinds.copyIn) return null;
  const asked = lastKind(messages);
  return asked === kinds.query || asked === kinds.sync ? 'The engine broke off its answer.' : null;
}

/** Kind of the last of these whole messages; shows the bodies of errors among them. */
function lastKind(messages: Uint8Array, onError?: (body: Uint8Array) => void): number | undefined {
  const view = new DataView(messages.buffer, messages.byteOffset, messages.byteLength);
  let last: number | undefined;
  for (let at = 0; at + 5 <= messages.length;) {
    const end = at + 1 + view.getInt32(at + 1);
    last = view.getUint8(at);
    if (last === kinds.error) onError?.(messages.subarray(at + 5, end));
    at = end;
  }
  return last;
}

/** Reads an error's fields: a letter and a text ended by zero each. Null when a session survives the error. */
function fatalText(body: Uint8Array): string | null {
  const fields = new Map<string, string>();
  for (const field of Buffer.from(body).toString().split('\0')) fields.set(field.slice(0, 1), field.slice(1));
  const severity = fields.get('V');
  return severity === 'PANIC' || severity === 'FATAL' ? `${severity}: ${fields.get('M') ?? ''}` : null;
}
