/**
 * The few messages of Postgres' wire protocol that are read or written here; the driver and the engine speak the rest
 * with each other. Source: PostgreSQL documentation, "Message Formats".
 */

const letter = (text: string) => text.charCodeAt(0);

/** First bytes of messages. */
export const kinds = { error: letter('E'), terminate: letter('X') } as const;

/** A statement without parameters. */
export function simpleQuery(text: string): Uint8Array {
  const body = Buffer.from(`Q\0\0\0\0${text}\0`);
  body.writeInt32BE(body.length - 1, 1);
  return body;
}

/** What a server says to a client that it lets in: authenticated, ready, in no transaction. */
export const welcome: Uint8Array = Buffer.from([
  letter('R'),
  0,
  0,
  0,
  8,
  0,
  0,
  0,
  0,
  letter('Z'),
  0,
  0,
  0,
  5,
  letter('I'),
]);

const severityField = letter('V');
const messageField = letter('M');

/** The text of the first PANIC or FATAL in an answer of whole messages; null when it has none. */
export function fatalIn(answer: Uint8Array): string | null {
  const view = new DataView(answer.buffer, answer.byteOffset, answer.byteLength);
  let at = 0;
  while (at + 5 <= answer.length) {
    const length = view.getInt32(at + 1);
    if (answer[at] === kinds.error) {
      const fields = errorFields(answer.subarray(at + 5, at + 1 + length));
      const severity = fields.get(severityField);
      if (severity === 'PANIC' || severity === 'FATAL')
        return `${severity}: ${fields.get(messageField) ?? ''}`;
    }
    at += 1 + length;
  }
  return null;
}

/** Fields of an error: a letter and a text ended by zero each. */
function errorFields(body: Uint8Array): Map<number, string> {
  const fields = new Map<number, string>();
  for (const field of Buffer.from(body).toString('utf8').split('\0')) {
    if (field !== '') fields.set(field.charCodeAt(0), field.slice(1));
  }
  return fields;
}
