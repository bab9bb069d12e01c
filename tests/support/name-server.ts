import { createSocket } from 'node:dgram';

/** A name server (RFC 1035, over UDP) that knows TXT records and nothing else. */
export interface NameServer {
  /** `127.0.0.1:port`. */
  readonly address: string;
  set(name: string, value: string): void;
  close(): Promise<void>;
}

export async function openNameServer(): Promise<NameServer> {
  const records = new Map<string, string>();
  const socket = createSocket('udp4');
  socket.on('message', (asked, { port, address }) => {
    const { name, end } = readName(asked);
    const value = records.get(name.toLowerCase());
    socket.send(answer(asked.subarray(0, end + 4), value), port, address);
  });
  await new Promise<void>((resolve) => {
    socket.bind(0, '127.0.0.1', resolve);
  });
  return {
    address: `127.0.0.1:${socket.address().port}`,
    set: (name, value) => void records.set(name, value),
    close: () =>
      new Promise((resolve) => {
        socket.close(() => resolve());
      }),
  };
}

const headerLength = 12;

function readName(message: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = headerLength;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('ascii', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 1 };
}

/** The header and question as they came, as an answer: with one TXT record, or "no such name". */
function answer(question: Buffer, value: string | undefined): Buffer {
  const head = Buffer.from(question);
  head.writeUInt16BE(value === undefined ? 0x8183 : 0x8180, 2);
  head.writeUInt16BE(value === undefined ? 0 : 1, 6);
  head.fill(0, 8, headerLength);
  if (value === undefined) return head;
  const text = Buffer.concat([Buffer.from([value.length]), Buffer.from(value, 'ascii')]);
  // A pointer to the name in the question; type TXT, class IN, no time to live.
  const record = Buffer.from([0xc0, headerLength, 0, 16, 0, 1, 0, 0, 0, 0, 0, text.length]);
  return Buffer.concat([head, record, text]);
}
