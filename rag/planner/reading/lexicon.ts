import type { FlagColour } from '#contracts/flags';
import type { Module } from '#contracts/modules';
import type { Said } from './words.ts';

/** The words of the field for what the catalogue holds. */

export const moduleWords: readonly Said<Module>[] = [
  { means: 'drug_alcohol', says: ['drug and alcohol', 'drug & alcohol', 'drug alcohol', 'drug_alcohol'] },
  {
    means: 'background',
    says: ['background', 'background check', 'background checks', 'background screening'],
  },
  { means: 'dot', says: ['dot', 'dot compliance', 'driver qualification', 'dq'] },
  { means: 'health', says: ['health', 'occupational health', 'medical surveillance'] },
  { means: 'training', says: ['training', 'trainings'] },
  { means: 'geofence', says: ['geofence', 'geofencing', 'site access', 'geofences'] },
];

export const colourWords: readonly Said<Exclude<FlagColour, 'none'>>[] = [
  {
    means: 'red',
    says: [
      'red',
      'reds',
      'non-compliant',
      'non compliant',
      'noncompliant',
      'not compliant',
      'out of compliance',
      'overdue',
      'late',
      'in violation',
    ],
  },
  { means: 'yellow', says: ['yellow', 'yellows', 'amber', 'due', 'due soon', 'due / review'] },
  { means: 'green', says: ['green', 'greens', 'compliant', 'in compliance', 'in order'] },
  { means: 'stale', says: ['stale', 'no data', 'without data', 'missing data', 'silent'] },
];

export const holdWords: readonly string[] = [
  'on hold',
  'hold',
  'holds',
  'held',
  'must not work',
  'must not drive',
  'may not work',
  'may not drive',
  'cannot work',
  'cannot drive',
  "can't work",
  "can't drive",
  'not allowed to work',
  'not allowed to drive',
  'off the road',
  'stood down',
  'must stop work',
  'barred',
  'pulled off duty',
];

export const units = [
  'division',
  'location',
  'job_role',
  'module',
  'vendor',
  'test_reason',
  'item',
  'flag',
  'phase',
  'type',
] as const;
/** What an answer can be divided by. */
export type Unit = (typeof units)[number];

const by = (...names: readonly string[]): string[] =>
  names.flatMap((name) => [
    `by ${name}`,
    `per ${name}`,
    `each ${name}`,
    `in each ${name}`,
    `at each ${name}`,
    `across ${name}s`,
    `for each ${name}`,
  ]);

export const unitWords: readonly Said<Unit>[] = [
  {
    means: 'division',
    says: [...by('division', 'department'), 'which division', 'which divisions', 'what division'],
  },
  {
    means: 'location',
    says: [
      ...by('location', 'site', 'terminal', 'place', 'city', 'yard'),
      'which location',
      'which locations',
      'which site',
      'which terminal',
      'what location',
      'which sites',
    ],
  },
  {
    means: 'job_role',
    says: [
      ...by('job role', 'role', 'job', 'position'),
      'which job role',
      'which job roles',
      'which role',
      'which job',
    ],
  },
  {
    means: 'module',
    says: [...by('module', 'area', 'program'), 'which module', 'which modules', 'which area'],
  },
  { means: 'vendor', says: [...by('vendor', 'source'), 'which vendor', 'which vendors'] },
  { means: 'test_reason', says: [...by('reason', 'test reason'), 'by kind of test'] },
  { means: 'item', says: [...by('item', 'course', 'topic', 'kind', 'document')] },
  { means: 'flag', says: [...by('colour', 'color', 'flag', 'status')] },
  { means: 'phase', says: [...by('phase')] },
  { means: 'type', says: [...by('event type', 'type')] },
];

/** Records that have an end. */
export interface RecordKind {
  readonly name: string;
  readonly plural: string;
  readonly module: Module;
  /** Condition on `e`, a row of events. */
  readonly where: string;
  /** One record per person and this. */
  readonly per: 'nothing' | 'item' | 'subject';
  readonly says: readonly string[];
}

const trainingItems: Readonly<Record<string, readonly string[]>> = {
  hazmat: ['hazmat', 'hazardous materials', 'hazmat training'],
  forklift: ['forklift', 'forklift training', 'forklift operator'],
  crane_operator: ['crane', 'crane operator certification'],
  bloodborne: ['bloodborne', 'bloodborne pathogens', 'bbp'],
  fall_protection: ['fall protection', 'fall protection training'],
  hazwoper_refresher: ['hazwoper refresher'],
  hazwoper_general: ['hazwoper'],
  permit_space: ['permit space', 'confined space'],
  scaffold: ['scaffold', 'scaffolding'],
  asbestos: ['asbestos training'],
  driver_supervisor: ['supervisor training', 'reasonable suspicion training'],
};

const certificates = (phrase: string): string[] => {
  const ends = ['', ' certificate', ' certificates', ' certification', ' certifications', ' card', ' cards'];
  return ends.map((end) => `${phrase}${end}`);
};

export const recordKinds: readonly RecordKind[] = [
  {
    name: 'medical certificate',
    plural: 'medical certificates',
    module: 'dot',
    where: "e.module = 'dot' AND e.type = 'medical.certificate_recorded'",
    per: 'nothing',
    says: ['medical', 'dot medical', 'med', 'medical examiner', "medical examiner's", 'dot physical', 'dot']
      .flatMap((each) => certificates(each).filter((phrase) => /c[ea]r/.test(phrase)))
      .concat(['dot physical', 'dot physicals', 'medcard', 'medcards', 'medicals']),
  },
  {
    name: 'licence',
    plural: 'licences',
    module: 'dot',
    where: "e.module = 'dot' AND e.type = 'licence.reported'",
    per: 'subject',
    says: [
      'licence',
      'licences',
      'license',
      'licenses',
      'cdl',
      'cdls',
      'cdl license',
      'cdl licenses',
      "driver's license",
      "driver's licenses",
      "drivers' licenses",
      'driver license',
      'driver licenses',
      'driving licence',
      'driving licences',
    ],
  },
  ...Object.entries(trainingItems).map(([item, phrases]) => ({
    name: `${phrases[0] ?? item} certificate`,
    plural: `${phrases[0] ?? item} certificates`,
    module: 'training' as const,
    where: `e.module = 'training' AND e.type = 'certificate.verified' AND e.item = '${item}'`,
    per: 'item' as const,
    says: phrases.flatMap(certificates),
  })),
  {
    name: 'training certificate',
    plural: 'training certificates',
    module: 'training',
    where: "e.module = 'training' AND e.type = 'certificate.verified'",
    per: 'item',
    says: [
      'certificate',
      'certificates',
      'certification',
      'certifications',
      'training certificate',
      'training certificates',
      'training certification',
      'training certifications',
    ],
  },
  {
    name: 'health examination',
    plural: 'health examinations',
    module: 'health',
    where: "e.module = 'health' AND e.type = 'exam.completed'",
    per: 'item',
    says: [
      'health exam',
      'health exams',
      'health examination',
      'health examinations',
      'surveillance exam',
      'surveillance exams',
      'medical surveillance exams',
      'occupational exams',
    ],
  },
  {
    name: 'qualification document',
    plural: 'qualification documents',
    module: 'dot',
    where: "e.module = 'dot' AND e.type = 'document.verified'",
    per: 'item',
    says: [
      'document',
      'documents',
      'dq document',
      'dq documents',
      'qualification document',
      'qualification documents',
    ],
  },
];

export const recordWords: readonly Said<RecordKind>[] = recordKinds.map((means) => ({
  means,
  says: means.says,
}));
