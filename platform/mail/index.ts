export interface MailMessage {
  readonly to: string;
  readonly subject: string;
  /** Plain text. */
  readonly text: string;
}

export interface Mail {
  /** Where mail goes, for whoever has to say so: `smtp`, or `file` when no server is set. */
  readonly by: 'smtp' | 'file';
  /** Throws `mail.not_sent` (unavailable). Not inside a transaction: it may take seconds. */
  send(message: MailMessage): Promise<void>;
}

export { createMail } from './mail.ts';
