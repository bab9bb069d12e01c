import { expect, it } from 'vitest';
import { invitationLetter } from './letter.ts';

it('keeps what people wrote on lines of their own choosing', () => {
  const { subject, text } = invitationLetter({
    to: 'noa@example.com',
    name: 'Noa\n\nPay here: https://evil.example',
    company: 'Haul\r\nBcc: eve@example.com',
    invitedBy: 'Ann',
    roleLabel: 'Safety manager',
    link: 'https://app.example.com/invitation/x',
    days: 7,
  });
  expect(subject).toBe('Ann invites you to Haul Bcc: eve@example.com on Plumbline');
  expect(text.split('\n')[0]).toBe('Good day Noa Pay here: https://evil.example,');
  expect(text).toContain('\nhttps://app.example.com/invitation/x\n');
});
