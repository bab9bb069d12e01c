import type { ComplianceEvent } from '#contracts/compliance-event';
import type { DemoPerson } from '../company.ts';
import type { Message } from './wire.ts';

/** Checkr's id of a person of the demo: stable, so that the endpoint's references find them. */
export function checkrCandidateId(person: DemoPerson): string {
  return Buffer.from(person.number.padEnd(12, '0')).toString('hex').slice(0, 24);
}

export interface CheckrReport {
  id: string;
  status: string;
  result: string | null;
  adjudication?: string | null;
  includesCanceled?: boolean;
  source?: string;
}

export function checkrReport(
  person: DemoPerson,
  type: string,
  eventId: string,
  report: CheckrReport,
  atMs: number,
): Message {
  const at = new Date(atMs).toISOString();
  const body = {
    id: eventId,
    object: 'event',
    type,
    created_at: at,
    data: {
      object: {
        id: report.id,
        object: 'report',
        uri: `/v1/reports/${report.id}`,
        status: report.status,
        result: report.result,
        adjudication: report.adjudication ?? null,
        includes_canceled: report.includesCanceled ?? false,
        created_at: at,
        completed_at: report.result === null ? null : at,
        package: 'driver_pro',
        source: report.source ?? 'continuous_check',
        candidate_id: checkrCandidateId(person),
      },
    },
  };
  return {
    vendor: 'checkr',
    id: eventId,
    contentType: 'application/json',
    body: JSON.stringify(body),
    about: `Checkr ${type}: ${report.status}${report.result ? `, ${report.result}` : ''} (${person.number})`,
  };
}

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
const xml = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => escapes[sign] ?? sign);

export interface QuestStep {
  orderId: string;
  kind: 'OrderStatus' | 'OrderResult';
  word: string;
  screen: 'drug' | 'alcohol' | 'physical';
}

export function questStep(person: DemoPerson, step: QuestStep, atMs: number): Message {
  const at = new Date(atMs).toISOString();
  const fields = {
    QuestOrderID: step.orderId,
    ReferenceTestID: `RT-${step.orderId}`,
    ClientReferenceID: person.number,
    [`${step.kind}ID`]: step.word,
    ScreenType: step.screen,
    SpecimenID: `SP${step.orderId.slice(-7)}`,
    LabAccessionNumber: `LA${step.orderId.slice(-8)}`,
    [`${step.kind}DateTime`]: at,
  };
  const inner = Object.entries(fields)
    .map(([name, value]) => `<${name}>${xml(value)}</${name}>`)
    .join('');
  return {
    vendor: 'quest-esp',
    id: `${step.orderId}/${step.screen}/${step.word}`,
    contentType: 'text/xml; charset=utf-8',
    body: `<?xml version="1.0" encoding="utf-8"?><${step.kind}>${inner}</${step.kind}>`,
    about: `Quest ${step.screen} ${step.word} (${person.number})`,
  };
}

/** The older interface: XML in one field of a form, ISO-8859-1. */
export function tazworksPostback(
  person: DemoPerson,
  orderId: string,
  status: string,
  flagged: boolean,
): Message {
  const document =
    '<?xml version="1.0"?><BackgroundReports userId="" password=""><BackgroundReportPackage>' +
    `<ReferenceId><![CDATA[${person.number}]]></ReferenceId><OrderId>${orderId}</OrderId>` +
    `<ScreeningStatus><OrderStatus flag="${flagged ? 'TRUE' : 'FALSE'}">${xml(status)}</OrderStatus></ScreeningStatus>` +
    '</BackgroundReportPackage></BackgroundReports>';
  return {
    vendor: 'tazworks',
    id: `${orderId}/${status}`,
    contentType: 'application/x-www-form-urlencoded; charset=ISO-8859-1',
    body: new URLSearchParams({ request: document }).toString(),
    about: `TazWorks ${status}${flagged ? ', flagged' : ''} (${person.number})`,
  };
}

export interface OwnEvent {
  id: string;
  module: ComplianceEvent['module'];
  type: string;
  subjectRef: string;
  payload: Record<string, unknown>;
}

/** A partner system (LMS, clinic, MVR monitor, check-in app) that speaks Plumbline's own event shape. */
export function standardEvent(person: Pick<DemoPerson, 'number'>, event: OwnEvent, atMs: number): Message {
  const body = {
    id: event.id,
    module: event.module,
    type: event.type,
    subjectRef: event.subjectRef,
    occurredAt: new Date(atMs).toISOString(),
    employee: { externalId: person.number },
    payload: event.payload,
  };
  return {
    vendor: 'standard-webhooks',
    id: `msg_${event.id}`,
    contentType: 'application/json',
    body: JSON.stringify(body),
    about: `${event.module} ${event.type} (${person.number})`,
  };
}
