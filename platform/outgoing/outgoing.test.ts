import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlumblineError } from '#platform/errors';
import { createOutgoing, type Outgoing } from './index.ts';

const open: { close(): unknown }[] = [];
let asked = 0;
let answer: RequestListener = (_request, response) => response.end('secret of the inner network');
let inner: Server;
let origin = '';

beforeEach(async () => {
  asked = 0;
  inner = createServer((request, response) => {
    asked += 1;
    answer(request, response);
  });
  await new Promise<void>((resolve) => inner.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(inner.address() as AddressInfo).port}`;
});
afterEach(async () => {
  inner.closeAllConnections();
  inner.close();
  for (const one of open.splice(0)) await one.close();
});

type Deps = NonNullable<Parameters<typeof createOutgoing>[0]>;
function make(deps: Deps = {}): Outgoing {
  const made = createOutgoing(deps);
  open.push(made);
  return made;
}
/** A name server that answers each look-up with the next of these. */
function names(...answers: readonly (readonly string[])[]): {
  resolve: NonNullable<Deps['resolve']>;
  count(): number;
} {
  let count = 0;
  return {
    count: () => count,
    resolve: () => {
      const found = answers[Math.min(count, answers.length - 1)] ?? [];
      count += 1;
      return Promise.resolve(found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
    },
  };
}
async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'answered';
  } catch (error) {
    return error instanceof PlumblineError ? error.code : String(error);
  }
}

describe('an address that a tenant names', () => {
  it.each([
    'http://example.com/',
    'file:///etc/passwd',
    'ftp://example.com/',
    'gopher://example.com/',
    'https://user:password@example.com/',
    'https://example.com:22/',
    'https://example.com:6379/',
  ])('%s is refused for what it is', async (url) => {
    expect(await codeOf(make().ask(new URL(url)))).toBe('outgoing.url_refused');
  });

  it.each([
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[::1]/',
    'https://[::ffff:169.254.169.254]/',
    'https://[fd00:ec2::254]/',
    'https://[64:ff9b::7f00:1]/',
    'https://10.0.0.8:8443/',
    'https://0.0.0.0/',
  ])('%s is refused for where it leads', async (url) => {
    expect(await codeOf(make().ask(new URL(url)))).toBe('outgoing.address_refused');
    expect(await codeOf(make().check(new URL(url)))).toBe('outgoing.address_refused');
  });

  it('a name for an inner address is refused, also among public ones, before anything is connected to', async () => {
    for (const addresses of [['127.0.0.1'], ['93.184.216.34', '10.0.0.1'], ['::ffff:10.0.0.1'], []]) {
      const { resolve } = names(addresses);
      expect(await codeOf(make({ resolve }).ask(new URL('https://inner.example/')))).toBe(
        'outgoing.address_refused',
      );
    }
    expect(asked).toBe(0);
  });

  it('a name that is public when checked and inner when asked is refused: the address asked is the address judged', async () => {
    const { resolve, count } = names(['93.184.216.34'], ['127.0.0.1']);
    const outgoing = make({ resolve });
    const url = new URL('https://rebind.example:8443/');
    await outgoing.check(url);
    expect(await codeOf(outgoing.ask(url))).toBe('outgoing.address_refused');
    expect(count()).toBe(2);
    expect(asked).toBe(0);
  });
});

const trusted = () => make({ trustedOrigins: [origin] });

describe('an address that the operator trusts', () => {
  it('may be of the own network, and no other origin with it', async () => {
    const { status, body } = await trusted().ask(new URL(`${origin}/x`));
    expect([status, body.toString()]).toEqual([200, 'secret of the inner network']);
    const other = origin.replace('127.0.0.1', 'localhost');
    expect(await codeOf(trusted().ask(new URL(`${other}/x`)))).toBe('outgoing.url_refused');
  });

  it('leads nowhere else: a redirect is answered, not followed', async () => {
    answer = (_request, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    expect(await trusted().ask(new URL(origin))).toMatchObject({ status: 302 });
    expect(asked).toBe(1);
  });

  it('an endless answer is cut, a silent one is given up, and one that is away says so', async () => {
    answer = (_request, response) => {
      const part = Buffer.alloc(65_536);
      const more = () => {
        while (!response.destroyed && response.write(part));
      };
      response.on('drain', more);
      more();
    };
    expect(await codeOf(trusted().ask(new URL(origin), { maxBytes: 200_000 }))).toBe(
      'outgoing.answer_too_large',
    );
    answer = () => {};
    expect(await codeOf(trusted().ask(new URL(origin), { timeoutMs: 50 }))).toBe('outgoing.away');
    const gone = make({ trustedOrigins: ['http://127.0.0.1:1'] });
    expect(await codeOf(gone.ask(new URL('http://127.0.0.1:1/')))).toBe('outgoing.away');
  });
});
