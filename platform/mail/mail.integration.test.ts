import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SMTPServer } from 'smtp-server';
import { expect, it } from 'vitest';
import { createMail } from './index.ts';

const message = { to: 'ann@example.com', subject: 'Ünvitation', text: 'Open https://app.example.com/x\n' };

it('writes a message that nobody else can read when there is no server', async () => {
  const folder = path.join(mkdtempSync(path.join(tmpdir(), 'plumbline-mail-')), 'outbox');
  const mail = createMail({ smtpUrl: undefined, from: 'Plumbline <no-reply@example.com>', folder });
  await mail.send(message);
  const [name = ''] = readdirSync(folder);
  const text = readFileSync(path.join(folder, name), 'utf8');
  expect(text).toContain('To: ann@example.com');
  expect(text).toContain('https://app.example.com/x');
  expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
  rmSync(folder, { recursive: true });
});

it('hands a message to a server, for one recipient whatever the address says', async () => {
  const taken: { to: string[]; text: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        taken.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          text: Buffer.concat(parts).toString(),
        });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  const mail = createMail({ smtpUrl: `smtp://127.0.0.1:${port}`, from: 'a@example.com', folder: '' });
  await mail.send(message);
  expect(taken).toMatchObject([{ to: ['ann@example.com'] }]);
  await mail.send({ ...message, to: 'ann@example.com, eve@example.com' }).catch(() => {});
  expect(taken.flatMap(({ to }) => to)).not.toContain('eve@example.com');
  await new Promise<void>((resolve) => {
    server.close(resolve);
  });
  await expect(mail.send(message)).rejects.toMatchObject({ code: 'mail.not_sent' });
});
