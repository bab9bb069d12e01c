import { typed, type Happening } from './happening.ts';
import { tests } from './test-happenings.ts';
import type { Said } from './words.ts';

const screening: readonly Happening[] = [
  {
    words: 'background checks ordered',
    module: 'background',
    where: typed('background', 'order.placed'),
    says: [
      'background checks ordered',
      'background checks',
      'background check',
      'checks ordered',
      'background orders',
      'background screenings',
    ],
  },
  {
    words: 'clear background reports',
    module: 'background',
    where: typed('background', 'report.cleared'),
    says: [
      'clear reports',
      'clear background reports',
      'clear background checks',
      'background checks cleared',
      'cleared background checks',
      'background checks came back clear',
    ],
  },
  {
    words: 'background reports with findings',
    module: 'background',
    where: typed('background', 'report.considered'),
    says: [
      'reports with findings',
      'background checks with findings',
      'findings',
      'consider reports',
      'background findings',
    ],
  },
  {
    words: 'disputes opened',
    module: 'background',
    where: typed('background', 'dispute.opened'),
    says: ['disputes', 'dispute', 'disputes opened', 'disputed reports'],
  },
  {
    words: 'pre-adverse notices sent',
    module: 'background',
    where: typed('background', 'adverse.pre_notice_sent'),
    says: [
      'pre-adverse notices',
      'pre-adverse action notices',
      'pre adverse notices',
      'pre-adverse actions',
      'pre-adverse letters',
    ],
  },
  {
    words: 'final adverse decisions',
    module: 'background',
    where: typed('background', 'adverse.final_decided'),
    says: [
      'adverse actions',
      'adverse action',
      'adverse decisions',
      'final adverse actions',
      'final adverse decisions',
    ],
  },
];

const driving: readonly Happening[] = [
  {
    words: 'motor vehicle records received',
    module: 'dot',
    where: typed('dot', 'mvr.received'),
    says: [
      'mvr',
      'mvrs',
      'motor vehicle records',
      'motor vehicle record',
      'mvrs received',
      'driving records',
    ],
  },
  {
    words: 'Clearinghouse queries submitted',
    module: 'dot',
    where: typed('dot', 'query.submitted'),
    says: [
      'clearinghouse query',
      'clearinghouse queries',
      'queries submitted',
      'clearinghouse queries submitted',
    ],
  },
  {
    words: 'medical certificates recorded',
    module: 'dot',
    where: typed('dot', 'medical.certificate_recorded'),
    says: [
      'medical certificates recorded',
      'medical certificate recorded',
      'medical certificates received',
      'dot physicals done',
      'dot physicals completed',
    ],
  },
  {
    words: 'yearly reviews recorded',
    module: 'dot',
    where: typed('dot', 'review.recorded'),
    says: ['yearly review', 'yearly reviews', 'annual review', 'annual reviews', 'yearly reviews recorded'],
  },
  {
    words: 'documents uploaded',
    module: 'dot',
    where: typed('dot', 'document.uploaded'),
    says: ['documents uploaded', 'uploads', 'uploaded documents'],
  },
];

const working: readonly Happening[] = [
  {
    words: 'training completions',
    module: 'training',
    where: typed('training', 'completion.recorded'),
    says: [
      'training completions',
      'completions',
      'trainings completed',
      'completed training',
      'courses completed',
      'completed courses',
      'training completed',
    ],
  },
  {
    words: 'training assignments',
    module: 'training',
    where: typed('training', 'assignment.created'),
    says: [
      'training assignments',
      'assignments',
      'courses assigned',
      'trainings assigned',
      'training assigned',
    ],
  },
  {
    words: 'certificates verified',
    module: 'training',
    where: typed('training', 'certificate.verified'),
    says: ['certificates verified', 'verified certificates'],
  },
  {
    words: 'cases reported',
    module: 'health',
    where: typed('health', 'case.reported'),
    says: [
      'injuries',
      'injury',
      'injury cases',
      'cases',
      'cases reported',
      'incidents',
      'injuries and illnesses',
      'injuries reported',
      'work injuries',
    ],
  },
  {
    words: 'cases logged as recordable',
    module: 'health',
    where: typed('health', 'case.logged'),
    says: [
      'recordables',
      'recordable cases',
      'recordable injuries',
      'osha recordables',
      'recordable incidents',
      'logged cases',
    ],
  },
  {
    words: 'health examinations completed',
    module: 'health',
    where: typed('health', 'exam.completed'),
    says: [
      'exams completed',
      'health exams completed',
      'examinations completed',
      'health examinations completed',
      'exams done',
    ],
  },
  {
    words: 'respirator fit tests',
    module: 'health',
    where: typed('health', 'fit_test.recorded'),
    says: ['fit test', 'fit tests', 'respirator fit test', 'respirator fit tests'],
  },
  {
    words: 'audiograms',
    module: 'health',
    where: typed('health', 'audiogram.recorded'),
    says: ['audiogram', 'audiograms', 'hearing test', 'hearing tests'],
  },
  {
    words: 'check-in attempts',
    module: 'geofence',
    where: typed('geofence', 'check_in.attempted'),
    says: ['check-in', 'check-ins', 'check ins', 'checkins', 'check-in attempts', 'checked in'],
  },
  {
    words: 'overrides granted',
    module: 'geofence',
    where: typed('geofence', 'override.granted'),
    says: ['override', 'overrides', 'overrides granted', 'site overrides'],
  },
  {
    words: 'accidents',
    module: 'drug_alcohol',
    where: typed('drug_alcohol', 'accident.occurred'),
    says: ['accident', 'accidents', 'crashes', 'crash'],
  },
  {
    words: 'people hired',
    module: null,
    where: "e.type = 'employee.hired'",
    says: ['hires', 'hired', 'new hires', 'people hired', 'were hired'],
  },
  {
    words: 'people who left',
    module: null,
    where: "e.type = 'employee.terminated'",
    says: ['terminations', 'terminated', 'leavers', 'people who left', 'were terminated', 'departures'],
  },
];

/** Any event at all. */
const any: Happening = {
  words: 'events',
  module: null,
  where: '1',
  says: ['events', 'event', 'messages', 'vendor events'],
};

const happenings: readonly Happening[] = [...tests, ...screening, ...driving, ...working, any];

export const happeningWords: readonly Said<Happening>[] = happenings.map((means) => ({
  means,
  says: means.says,
}));
