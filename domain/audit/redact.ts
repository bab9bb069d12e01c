import type { Json } from './entry.ts';

const secretKey =
  /pass(word|phrase|code)|secret|token|authori[sz]ation|cookie|credential|api_?-?key|private_?-?key|signing_?-?key|^(ssn|ssn9|social_?security.*|national_?id.*|otp|pin)$/i;

/**
 * A copy that the log may keep: plain JSON, secrets by key name replaced by `[redacted]`, and text that Postgres
 * cannot store (NUL, lone surrogates) replaced by U+FFFD. Never throws on odd input: recording must not fail the act.
 */
export function redact(value: unknown): Json {
  const text = JSON.stringify(value, (key: string, inner: unknown) => {
    if (secretKey.test(key) && inner !== null && inner !== undefined) return '[redacted]';
    return typeof inner === 'bigint' ? inner.toString() : inner;
  });
  // JSON.stringify writes lone surrogates as \udXXX and NUL as \u0000; parse brings them back, so they go here.
  return text === undefined ? null : clean(JSON.parse(text) as Json);
}

function clean(value: Json): Json {
  if (typeof value === 'string') return storableText(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: Json) => clean(item));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [storableText(key), clean(item)]));
}

/** Text that Postgres can store. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
