import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admit, createClamAv, inspect, mayBeRead, noScanner, type FileRules } from './index.ts';

const everything: FileRules = {
  kinds: ['pdf', 'png', 'jpg', 'gif', 'webp', 'docx', 'xlsx', 'zip', 'xml', 'csv', 'txt'],
  maxBytes: 20 * 1024 * 1024,
};
const pdf = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');

function png(width: number, height: number): Buffer {
  const head = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  return Buffer.concat([head, size, Buffer.from('08060000000000000000000049444154', 'hex')]);
}

interface Entry {
  readonly name: string;
  readonly data: Buffer;
  /** What the directory says it unfolds to; the truth when absent. */
  readonly claimed?: number;
  readonly flags?: number;
}

/** An archive as the ZIP specification lays it out, with a directory that may lie. */
function zip(entries: readonly Entry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, data, claimed = data.length, flags = 0 } of entries) {
    const folded = deflateRawSync(data, { level: 9 });
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(flags, 6);
    local.writeUInt16LE(8, 8);
    local.writeUInt32LE(folded.length, 18);
    local.writeUInt32LE(claimed, 22);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(flags, 8);
    central.writeUInt16LE(8, 10);
    central.writeUInt32LE(folded.length, 20);
    central.writeUInt32LE(claimed, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(at, 42);
    parts.push(local, Buffer.from(name), folded);
    directory.push(central, Buffer.from(name));
    at += local.length + name.length + folded.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, index, end]);
}

const why = async (name: string, bytes: Buffer | string, declared: string | null = null) => {
  const found = await inspect({ name, declared, bytes: Buffer.from(bytes) }, everything);
  return found.ok ? `ok ${found.kind}` : found.why;
};

describe('what a file is', () => {
  it('is told by its content', async () => {
    expect(await why('a.pdf', pdf, 'application/pdf')).toBe('ok pdf');
    expect(await why('a.png', png(800, 600))).toBe('ok png');
    expect(await why('a.csv', 'number,name\n1,Ann\n', 'text/csv; charset=utf-8')).toBe('ok csv');
    expect(await why('a.csv', 'number,name\n1,Ann\n', 'application/vnd.ms-excel')).toBe('ok csv');
    expect(await why('a.xml', '<?xml version="1.0"?><a><b>1</b></a>')).toBe('ok xml');
    expect(await why('a.zip', zip([{ name: 'a.txt', data: Buffer.from('a') }]))).toBe('ok zip');
  });

  it.each([
    ['another ending', 'a.png', pdf, null, /name ends in “\.png”, but its content is PDF/],
    ['another declared type', 'a.pdf', pdf, 'image/png', /sent as image\/png, but its content is PDF/],
    ['a program', 'a.csv', Buffer.from('MZ\u0090\0\u0003\0\0\0'), 'text/csv', /its content is none of/],
    ['an ELF program', 'a.txt', Buffer.from('7f454c4602010100', 'hex'), null, /its content is none of/],
    ['a page', 'a.txt', Buffer.from('<!DOCTYPE html><script>1</script>'), null, /its content is none of/],
    ['a drawing that runs', 'a.txt', Buffer.from('<svg onload="x()"></svg>'), null, /its content is none of/],
    [
      'bytes that are no text',
      'a.csv',
      Buffer.from([0x61, 0xff, 0xfe, 0x62]),
      null,
      /its content is none of/,
    ],
    ['a name with a way', '../a.pdf', pdf, null, /its name holds/],
    ['a name that turns round', 'a\u202Efdp.exe.pdf', pdf, null, /its name holds/],
    ['nothing', 'a.pdf', Buffer.alloc(0), null, /it is empty/],
    ['too much', 'a.txt', Buffer.alloc(21 * 1024 * 1024, 'a'), null, /larger than 20 MB/],
  ])('%s is refused', async (_what, name, bytes, declared, expected) => {
    expect(await why(name, bytes, declared)).toMatch(expected);
  });

  it('a place takes only its own kinds', async () => {
    const rules: FileRules = { kinds: ['pdf'], maxBytes: 1000 };
    expect(await inspect({ name: 'a.png', declared: null, bytes: png(1, 1) }, rules)).toEqual({
      ok: false,
      why: 'its content is none of PDF',
    });
  });
});

describe('a bomb', () => {
  it.each([
    [
      'that unfolds a thousandfold',
      zip([{ name: 'a', data: Buffer.alloc(30_000_000) }]),
      /unfolds to far more/,
    ],
    [
      'whose directory lies about it',
      zip([{ name: 'a', data: Buffer.alloc(30_000_000), claimed: 10 }]),
      /unfolds to far more|no archive that can be read/,
    ],
    ['in an archive inside', zip([{ name: 'b/inner.zip', data: Buffer.from('x') }]), /another archive/],
    [
      'of too many files',
      zip(Array.from({ length: 5001 }, (_, n) => ({ name: `f${n}`, data: Buffer.alloc(0) }))),
      /more than 5000/,
    ],
    [
      'that climbs out',
      zip([{ name: '../../etc/cron.d/x', data: Buffer.from('x') }]),
      /leads outside|no archive/,
    ],
    ['that is locked', zip([{ name: 'a', data: Buffer.from('x'), flags: 1 }]), /encrypted/],
    ['cut short', zip([{ name: 'a', data: Buffer.from('x') }]).subarray(0, 40), /no archive|none of/],
  ])('%s is refused', async (_what, bytes, expected) => {
    expect(await why('a.zip', bytes)).toMatch(expected);
  });

  it('of entities, of depth or of script in XML is refused', async () => {
    const laughs = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>`;
    expect(await why('a.xml', laughs)).toMatch(/document type/);
    const fetches = `<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>`;
    expect(await why('a.xml', fetches)).toMatch(/document type/);
    expect(await why('a.xml', `<?xml version="1.0"?>${'<a>'.repeat(300)}${'</a>'.repeat(300)}`)).toMatch(
      /deeper/,
    );
    expect(await why('a.xml', '<?xml version="1.0"?><a><script>1</script></a>')).toMatch(/script/);
    expect(await why('a.xml', '<?xml version="1.0"?><a>')).toMatch(/well-formed/);
  });

  it('of pixels is refused by its header, before anything unfolds it', async () => {
    expect(await why('a.png', png(65_535, 65_535))).toMatch(/65535 × 65535 pixels/);
    const gif = Buffer.concat([
      Buffer.from('GIF89a'),
      Buffer.from([0xff, 0xff, 0xff, 0xff]),
      Buffer.alloc(20),
    ]);
    expect(await why('a.gif', gif)).toMatch(/pixels/);
    const jpeg = Buffer.concat([
      Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'),
      Buffer.from('ffc00011', 'hex'),
      Buffer.from([8, 0xff, 0xff, 0xff, 0xff, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]),
    ]);
    expect(await why('a.jpg', jpeg)).toMatch(/65535 × 65535/);
  });
});

/** A double of clamd that speaks its protocol: it finds the word of the test signature, and can be told to misbehave. */
let daemon: Server;
let port = 0;
let answer: (stream: Buffer) => string | null = () => null;

function speak(socket: Socket): void {
  let got = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', (part) => {
    got = Buffer.concat([got, typeof part === 'string' ? Buffer.from(part) : part]);
    const command = 'zINSTREAM\0';
    if (got.toString('latin1', 0, command.length) !== command) return;
    const chunks: Buffer[] = [];
    for (let at = command.length; at + 4 <= got.length;) {
      const length = got.readUInt32BE(at);
      if (length === 0) {
        const reply = answer(Buffer.concat(chunks));
        if (reply !== null) socket.end(reply);
        return;
      }
      if (at + 4 + length > got.length) return;
      chunks.push(got.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
  });
}

beforeAll(async () => {
  daemon = createServer(speak);
  await new Promise<void>((resolve) => daemon.listen(0, '127.0.0.1', resolve));
  port = (daemon.address() as AddressInfo).port;
});
afterAll(() => daemon.close());

const clam = (timeoutMs = 2000) => createClamAv({ host: '127.0.0.1', port, timeoutMs });
const honest = (stream: Buffer) =>
  stream.includes('EICAR') ? 'stream: Eicar-Test-Signature FOUND\0' : 'stream: OK\0';

describe('scanning', () => {
  const file = { name: 'a.pdf', declared: 'application/pdf', bytes: pdf };
  it('without a scanner says that nobody looked', async () => {
    const { state, why: reason } = await admit(file, { rules: everything, scanner: noScanner });
    expect([state, reason, mayBeRead(state)]).toEqual(['not_scanned', null, true]);
  });

  it('hands the whole file over in chunks, and believes a clean bill', async () => {
    let heard = Buffer.alloc(0);
    answer = (stream) => {
      heard = Buffer.from(stream);
      return honest(stream);
    };
    const large = Buffer.concat([pdf, Buffer.alloc(300_000, 'x')]);
    const { state } = await admit({ ...file, bytes: large }, { rules: everything, scanner: clam() });
    expect(state).toBe('clean');
    expect(heard.equals(large)).toBe(true);
  });

  it('puts what it finds into quarantine, by name', async () => {
    answer = honest;
    const infected = Buffer.concat([pdf, Buffer.from('EICAR')]);
    const { state, why: reason } = await admit(
      { ...file, bytes: infected },
      { rules: everything, scanner: clam() },
    );
    expect([state, reason]).toEqual(['quarantined', 'the scanner found Eicar-Test-Signature']);
    expect(mayBeRead(state)).toBe(false);
  });

  it.each([
    ['hangs up', () => ''],
    ['complains', () => 'INSTREAM size limit exceeded. ERROR\0'],
    ['says something else', () => 'stream: OK, or so\0'],
    ['says nothing', () => null],
  ])('a scanner that %s leaves the file in quarantine', async (_how, reply) => {
    answer = reply;
    const { state } = await admit(file, { rules: everything, scanner: clam(200) });
    expect(state).toBe('quarantined');
  });

  it('a scanner that is away leaves the file in quarantine', async () => {
    const scanner = createClamAv({ host: '127.0.0.1', port: 1, timeoutMs: 500 });
    expect((await admit(file, { rules: everything, scanner })).state).toBe('quarantined');
  });

  it('what is refused is not even shown to the scanner', async () => {
    const scanner = { scan: () => Promise.reject(new Error('asked')) };
    expect((await admit({ ...file, name: 'a.png' }, { rules: everything, scanner })).state).toBe('refused');
  });
});
