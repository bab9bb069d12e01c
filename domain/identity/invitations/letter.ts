import type { MailMessage } from '#platform/mail';

interface Letter {
  readonly to: string;
  readonly name: string;
  readonly company: string;
  readonly invitedBy: string;
  readonly roleLabel: string;
  readonly link: string;
  readonly days: number;
}

/** One line each: what people wrote must not begin lines of its own. */
const line = (text: string): string => text.replaceAll(/\s+/gu, ' ').trim();

export function invitationLetter(letter: Letter): MailMessage {
  const company = line(letter.company);
  return {
    to: letter.to,
    subject: `${line(letter.invitedBy)} invites you to ${company} on Plumbline`,
    text: `Good day ${line(letter.name)},

${line(letter.invitedBy)} asks you to join ${company} on Plumbline as ${line(letter.roleLabel)}.

Accept here, within ${letter.days} days:
${letter.link}

The address is for you alone and works once. If you do not expect this, do nothing: without it no account is made.
`,
  };
}
