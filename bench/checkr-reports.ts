import { companyOf } from '#demo';
import { systemClock } from '#platform/clock';
import { checkrReport } from '../demo/simulator/vendors.ts';
import { proofHeaders, type Message } from '../demo/simulator/wire.ts';
import { encodeRequest } from './sender.ts';

const company = { seed: 1, people: 500, todayMs: systemClock.nowMs() };

/** Reports that differ in id, person and result, ~650 bytes, as Checkr sends them. */
export function checkrReports(count: number): Message[] {
  const { people } = companyOf(company);
  const nowMs = systemClock.nowMs();
  return Array.from({ length: count }, (_, index) => {
    const person = people[index % people.length];
    if (person === undefined) throw new Error('the company has no people');
    const id = `bench${index.toString(36)}`;
    const result = index % 10 === 0 ? 'consider' : 'clear';
    const report = { id: `r${id}`, status: 'complete', result };
    return checkrReport(person, 'report.completed', id, report, nowMs);
  });
}

/** The messages as bytes ready for the wire. */
export function signedRequests(messages: readonly Message[], url: string, secret: string): Buffer[] {
  return messages.map((message) => {
    const headers = { 'content-type': message.contentType, ...proofHeaders(message, secret, 0) };
    return encodeRequest(url, headers, message.body);
  });
}
