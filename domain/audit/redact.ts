import type { Json } from './entry.ts';

const secretKey =
  /pass(word|phrase|code)|secret|token|authori[sz]ation|cookie|credential|api_?-?key|private_?-?key|signing_?-?key|^(ssn|ssn9|social_?security.*|national_?id.*|otp|pin)$/i;

/**
 * A copy that the log may keep: plain JSON, secrets by key name replaced by `[redacted]`, and text that Postgres
 * cannot store (NUL, lone surrogates) replaced by U+FFFD. Never throws on odd input: recording must not fail the act.
 */
export function redact(value: unknown): Json {
  return copy(value) ?? null;
}

/** As JSON has it; undefined = left out. Each entry passes here, so the value is copied once and not through text. */
function copy(value: unknown): Json | undefined {
  switch (typeof value) {
    case 'string':
      return storableText(value);
    case 'number':
      // JSON has no NaN and no infinity, and writes -0 as 0.
      return Number.isFinite(value) ? value + 0 : null;
    case 'boolean':
      return value;
    case 'bigint':
      return value.toString();
    case 'object':
      return value === null ? null : copyObject(value);
    default:
      return undefined;
  }
}

function copyObject(value: object): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => copy(item) ?? null);
  // Dates and the like say themselves how they are written.
  if ('toJSON' in value && typeof value.toJSON === 'function') return copy(value.toJSON(''));
  const entries: [string, Json][] = [];
  for (const [key, inner] of Object.entries(value)) {
    const kept = secretKey.test(key) && inner !== null && inner !== undefined ? '[redacted]' : copy(inner);
    if (kept !== undefined) entries.push([storableText(key), kept]);
  }
  return Object.fromEntries(entries);
}

/** Text that Postgres can store. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
