/** Values of one column, written by `writeValue` behind their length. */
interface Encoding<T> {
  /** Type of the elements, from pg_type. */
  oid: number;
  lengthOf(value: T): number;
  write(value: T, into: Buffer, at: number): void;
}

const headerBytes = 20;
const emptyHeaderBytes = 12;

function encode<T>(encoding: Encoding<T>, values: readonly (T | null)[]): Buffer {
  if (values.length === 0) return header(Buffer.alloc(emptyHeaderBytes), encoding.oid, 0);
  const lengths = values.map((value) => (value === null ? -1 : encoding.lengthOf(value)));
  const size = lengths.reduce((sum, length) => sum + 4 + Math.max(0, length), headerBytes);
  const into = header(Buffer.allocUnsafe(size), encoding.oid, 1);
  into.writeInt32BE(values.length, 12);
  into.writeInt32BE(1, 16);
  let at = headerBytes;
  for (const [place, value] of values.entries()) {
    const length = lengths[place] ?? -1;
    into.writeInt32BE(length, at);
    at += 4;
    if (value === null) continue;
    encoding.write(value, into, at);
    at += length;
  }
  return into;
}

function header(into: Buffer, oid: number, dimensions: number): Buffer {
  into.writeInt32BE(dimensions, 0);
  // "May hold nulls" is a hint; the lengths say which are.
  into.writeInt32BE(1, 4);
  into.writeInt32BE(oid, 8);
  return into;
}

const text: Encoding<string> = {
  oid: 25,
  lengthOf: (value) => Buffer.byteLength(value),
  write: (value, into, at) => into.write(value, at),
};
const int: Encoding<number> = {
  oid: 23,
  lengthOf: () => 4,
  write: (value, into, at) => into.writeInt32BE(value, at),
};
const bigint: Encoding<number> = {
  oid: 20,
  lengthOf: () => 8,
  write: (value, into, at) => into.writeBigInt64BE(BigInt(value), at),
};
const boolean: Encoding<boolean> = {
  oid: 16,
  lengthOf: () => 1,
  write: (value, into, at) => into.writeUInt8(value ? 1 : 0, at),
};
const bytes: Encoding<Uint8Array> = {
  oid: 17,
  lengthOf: (value) => value.length,
  write: (value, into, at) => into.set(value, at),
};
/** Postgres counts microseconds from 2000-01-01. */
const epochMs = Date.UTC(2000, 0, 1);
const instant: Encoding<string> = {
  oid: 1184,
  lengthOf: () => 8,
  write: (value, into, at) => into.writeBigInt64BE(BigInt(Date.parse(value) - epochMs) * 1000n, at),
};
const jsonb: Encoding<string> = {
  oid: 3802,
  lengthOf: (value) => Buffer.byteLength(value) + 1,
  write: (value, into, at) => {
    // Version of the wire form.
    into.writeUInt8(1, at);
    into.write(value, at + 1);
  },
};

/** `{"a","b"}`, as Postgres writes an array of text. */
function literal(values: readonly string[]): string {
  const quoted = values.map((value) => `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`);
  return `{${quoted.join(',')}}`;
}

/**
 * One column of many rows as one parameter, in Postgres's binary form: `unnest(${columns.text(ids)}::text[], …)`. The
 * engine reads it without parsing; rows as one JSON text cost it three times as much.
 */
export const columns = {
  /** `text[]`. NUL is refused by the engine; lone surrogates become U+FFFD. */
  text: (values: readonly (string | null)[]): Buffer => encode(text, values),
  /** `text[]` of which each element is a list itself: cast what `unnest` gives to `text[]`. */
  lists: (values: readonly (readonly string[])[]): Buffer => encode(text, values.map(literal)),
  /** `int[]`. */
  int: (values: readonly (number | null)[]): Buffer => encode(int, values),
  /** `bigint[]`, of safe integers. */
  bigint: (values: readonly (number | null)[]): Buffer => encode(bigint, values),
  /** `boolean[]`. */
  boolean: (values: readonly (boolean | null)[]): Buffer => encode(boolean, values),
  /** `bytea[]`. */
  bytes: (values: readonly (Uint8Array | null)[]): Buffer => encode(bytes, values),
  /** `timestamptz[]`, from ISO 8601 instants; throws RangeError on other text. */
  instant: (values: readonly (string | null)[]): Buffer => encode(instant, values),
  /** `jsonb[]`, of any values that JSON can carry; null is SQL's null. */
  jsonb: (values: readonly unknown[]): Buffer =>
    encode(
      jsonb,
      values.map((value) => (value === null || value === undefined ? null : JSON.stringify(value))),
    ),
};
