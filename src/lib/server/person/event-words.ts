import type { ComplianceEvent } from '#contracts/compliance-event';

/** Where the plain reading of an event type ("order.placed" → "Order placed") would mislead or fall short. */
const titles: Readonly<Record<string, string>> = {
  'test.mro_negative': 'MRO verified the test: negative',
  'test.mro_positive': 'MRO verified the test: positive',
  'test.mro_refusal': 'MRO reported a refusal',
  'test.mro_cancelled': 'MRO cancelled the test',
  'test.mro_corrected': 'MRO corrected the report',
  'test.der_refusal': 'DER decided: refusal',
  'test.der_excused': 'DER excused the missed test',
  'test.no_show': 'Did not come to the test',
  'test.alcohol_screened': 'Alcohol screening test',
  'test.alcohol_confirmed': 'Alcohol confirmation test',
  'test.word_unknown': 'Vendor sent a word that is not understood',
  'sap.evaluated': 'SAP evaluation',
  'sap.complied': 'SAP reported compliance',
  'order.placed': 'Background check ordered',
  'report.cleared': 'Background report: clear',
  'report.considered': 'Background report: findings',
  'report.unclear': 'Background report is not understood',
  'adverse.pre_notice_sent': 'Pre-adverse action notice sent',
  'adverse.final_decided': 'Adverse action decided',
  'mvr.received': 'Motor vehicle record received',
  'mvr.ordered': 'Motor vehicle record ordered',
  'medical.certificate_recorded': 'Medical certificate recorded',
  'exam.completed': 'Medical examination completed',
  'fit_test.recorded': 'Respirator fit test',
  'hbv.offered': 'Hepatitis B vaccination offered',
  'completion.recorded': 'Course completed',
  'check_in.attempted': 'Check-in',
  'check_out.recorded': 'Checked out',
  'human_review.resolved': 'Review settled',
};

/** One line for an event. */
export function eventTitle(event: Pick<ComplianceEvent, 'type'>): string {
  return titles[event.type] ?? sentence(event.type);
}

function sentence(type: string): string {
  const words = type
    .replaceAll(/[._]/g, ' ')
    .replaceAll(/\b(mvr|sap|mro|der|dot|hbv|dq)\b/g, (word) => word.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Payload values that say what the event is about, in the order in which they are read. Never a measured value. */
const telling = [
  'item',
  'package',
  'program',
  'document',
  'state',
  'facepiece',
  'zoneId',
  'outcome',
  'result',
] as const;

const testReasonWords: Readonly<Record<string, string>> = {
  pre_employment: 'pre-employment',
  random: 'random',
  post_accident: 'post-accident',
  reasonable_suspicion: 'reasonable suspicion',
  return_to_duty: 'return-to-duty',
  follow_up: 'follow-up',
};

/** What the event is about: the course, the order, the kind of test; empty when the title says it all. */
export function eventDetail(event: Pick<ComplianceEvent, 'payload'>): string {
  const { payload } = event;
  const words = telling
    .map((key) => payload[key])
    .filter((value) => typeof value === 'string')
    .map((value) => value.replaceAll('_', ' '));
  const test = testWords(payload.test);
  const until = ['expiresOn', 'expires', 'validThrough', 'to'].map((key) => payload[key]).find(isDate);
  return [test, ...words, until === undefined ? '' : `until ${until}`].filter(Boolean).join(', ');
}

function isDate(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);
}

function testWords(test: ComplianceEvent['payload'][string] | undefined): string {
  if (typeof test !== 'object' || test === null || Array.isArray(test)) return '';
  const { dot, reason, kind } = test;
  const why = typeof reason === 'string' ? (testReasonWords[reason] ?? '') : '';
  return [dot === true ? 'DOT' : '', why, typeof kind === 'string' ? kind : '', 'test']
    .filter(Boolean)
    .join(' ');
}

const vendorNames: Readonly<Record<string, string>> = {
  checkr: 'Checkr',
  tazworks: 'TazWorks',
  'quest-esp': 'Quest ESP',
  formfox: 'FormFox',
  clearinghouse: 'Clearinghouse',
  bamboohr: 'BambooHR',
  'csv-employees': 'file import',
  'standard-webhooks': 'partner system',
  owntracks: 'OwnTracks',
  app: 'Plumbline',
};

/** Who sent an event, by the name people use; a vendor without one here by its own word. */
export function vendorName(vendor: string): string {
  return vendorNames[vendor] ?? vendor;
}
