import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openGeography } from './index.ts';

/** Writes values as the MaxMind DB format 2.0 has them: control byte of kind and length, then the value. */
function encode(value: unknown): Buffer {
  if (typeof value === 'string')
    return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Array.isArray(value)) return Buffer.concat([control(11, value.length), ...value.map(encode)]);
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value);
    return Buffer.concat([control(7, pairs.length), ...pairs.flatMap((pair) => pair.map(encode))]);
  }
  const number = Number(value);
  const bytes = Buffer.alloc(Number.isInteger(number) ? 4 : 8);
  if (Number.isInteger(number)) bytes.writeUInt32BE(number);
  else bytes.writeDoubleBE(number);
  return Buffer.concat([control(Number.isInteger(number) ? 6 : 3, bytes.length), bytes]);
}

function control(kind: number, size: number): Buffer {
  const [length, more] = size < 29 ? [size, []] : [29, [size - 29]];
  return Buffer.from(kind > 7 ? [length, kind - 7, ...more] : [(kind << 5) | length, ...more]);
}

const record = (value: number) => [(value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];

/** A map of IPv4 with one network of eight bits. */
function mapOf(network: number, place: unknown): Buffer {
  const nodes = 8;
  const tree = Array.from({ length: nodes }, (_, depth) => {
    const next = depth === nodes - 1 ? nodes + 16 : depth + 1;
    const isOne = ((network >>> (7 - depth)) & 1) === 1;
    return isOne ? [...record(nodes), ...record(next)] : [...record(next), ...record(nodes)];
  }).flat();
  const metadata = {
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1,
    database_type: 'City',
    description: { en: 'made by a test' },
    ip_version: 4,
    languages: ['en'],
    node_count: nodes,
    record_size: 24,
  };
  const mark = Buffer.concat([Buffer.from('abcdef', 'hex'), Buffer.from('MaxMind.com')]);
  return Buffer.concat([Buffer.from(tree), Buffer.alloc(16), encode(place), mark, encode(metadata)]);
}

const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-map-'));
const file = path.join(folder, 'city.mmdb');
beforeAll(() => {
  const place = {
    city: { names: { en: 'Chicago' } },
    country: { iso_code: 'US' },
    location: { latitude: 41.5, longitude: -87.5 },
  };
  writeFileSync(file, mapOf(93, place));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('tells where an address is, and nothing of others', () => {
  const { locate } = openGeography(file);
  expect(locate('93.184.216.34')).toEqual({ latitude: 41.5, longitude: -87.5, place: 'Chicago, US' });
  expect(locate('94.184.216.34')).toBeNull();
  expect(locate('not an address')).toBeNull();
});

it('says when the file is no map', () => {
  const other = path.join(folder, 'other.mmdb');
  writeFileSync(other, 'not a map');
  expect(() => openGeography(other)).toThrow(/geography\.map_unreadable/);
  expect(() => openGeography(path.join(folder, 'absent'))).toThrow(/geography\.map_unreadable/);
});
