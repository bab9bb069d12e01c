import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { PlumblineError } from '#platform/errors';
import type { Mail, MailMessage } from './index.ts';

export interface MailSettings {
  /** `smtp://` or `smtps://` with user and password in it; undefined = files. */
  readonly smtpUrl: string | undefined;
  /** `Name <address>`. */
  readonly from: string;
  /** Where messages lie that no server takes. */
  readonly folder: string;
}

/** A server that is silent so long has not taken the message, ms. */
const patienceMs = 15_000;

export function createMail(settings: MailSettings): Mail {
  return settings.smtpUrl === undefined
    ? createFileMail(settings)
    : createSmtpMail(settings, settings.smtpUrl);
}

function createSmtpMail({ from }: MailSettings, url: string): Mail {
  const transport = createTransport({
    url,
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
  });
  return {
    by: 'smtp',
    send: (message) => sending(() => transport.sendMail(lettered(from, message))),
  };
}

function createFileMail({ from, folder }: MailSettings): Mail {
  const transport = createTransport({ streamTransport: true, buffer: true });
  return {
    by: 'file',
    send: (message) =>
      sending(async () => {
        const { message: bytes, messageId } = await transport.sendMail(lettered(from, message));
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const name = `${messageId.replaceAll(/[^\w.-]/g, '')}.eml`;
        await writeFile(path.join(folder, name), bytes, { mode: 0o600, flag: 'wx' });
      }),
  };
}

const lettered = (from: string, { to, subject, text }: MailMessage): SendMailOptions => ({
  from,
  // As an object: a name or comma in the address cannot become a further recipient.
  to: { name: '', address: to },
  subject,
  text,
  disableFileAccess: true,
  disableUrlAccess: true,
});

async function sending(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw new PlumblineError({
      kind: 'unavailable',
      code: 'mail.not_sent',
      detail: 'The mail could not be sent. Check the mail server, then send it again.',
      cause,
    });
  }
}
