import type { FlagColour } from '#contracts/flags';
import {
  incidentViews,
  type IncidentActName,
  type IncidentRow,
  type IncidentView,
} from '#contracts/screens/incidents';

export const incidentsPageSize = 50;

export const viewWords: Readonly<Record<IncidentView, string>> = {
  waiting: 'Waiting',
  answered: 'In hand',
  ended: 'Ended',
};

export const stateWords: Readonly<Record<IncidentRow['state'], string>> = {
  open: 'Open',
  acknowledged: 'Acknowledged',
  contained: 'Contained',
  resolved: 'Resolved',
  false_positive: 'False positive',
};

export const severityWords: Readonly<Record<IncidentRow['severity'], string>> = {
  critical: 'Critical',
  warning: 'Warning',
  notice: 'Notice',
};

/** The mark beside a severity; the word stands there too. */
export const severityFlags: Readonly<Record<IncidentRow['severity'], FlagColour>> = {
  critical: 'red',
  warning: 'yellow',
  notice: 'none',
};

export interface ActWords {
  readonly button: string;
  readonly title: string;
  readonly says: string;
  /** What the note is to tell; null = none is asked. */
  readonly note: string | null;
}

export const actWords: Readonly<Record<IncidentActName, ActWords>> = {
  acknowledge: { button: 'Acknowledge', title: 'Acknowledge', says: '', note: null },
  contain: {
    button: 'Contained…',
    title: 'Mark as contained?',
    says: 'It goes no further: sessions are ended, the right is taken or the address is blocked. If more is seen, it opens again.',
    note: 'What stops it',
  },
  resolve: {
    button: 'Resolve…',
    title: 'Resolve this incident?',
    says: 'It ends. What it rests on raises nothing again; what happens from now on does.',
    note: 'What was found, and what was done',
  },
  dismiss: {
    button: 'False positive…',
    title: 'Call it a false positive?',
    says: 'It ends. What it rests on raises nothing again; what happens from now on does.',
    note: 'Why it was nothing',
  },
  reopen: {
    button: 'Open again…',
    title: 'Open this incident again?',
    says: 'It waits for an answer once more, and escalates without one.',
    note: 'Why it is not over',
  },
};

/** `withinMinutes` → `within minutes`. */
export const numberWords = (key: string): string =>
  key.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

export function readIncidentAddress(parameters: URLSearchParams): { view: IncidentView; page: number } {
  return {
    view: incidentViews.find((view) => view === parameters.get('view')) ?? 'waiting',
    page: Math.max(1, Math.trunc(Number(parameters.get('page') ?? '1')) || 1),
  };
}
