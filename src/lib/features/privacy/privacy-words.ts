import type { ErasureBasis, RevealedName, RevealPurpose } from '#contracts/screens/privacy';

export const fieldWords: Readonly<Record<RevealedName, string>> = {
  birthDate: 'Date of birth',
  externalIds: 'Ids in other systems',
};

export const purposeWords: Readonly<Record<RevealPurpose, string>> = {
  identity_check: 'To be sure who it is',
  regulator_filing: 'For a filing with a regulator',
  vendor_order: 'To order from a vendor',
  correction: 'To correct the record',
  other: 'Something else',
};

export const basisWords: Readonly<Record<ErasureBasis, string>> = {
  asked_by_person: 'The person asks for it',
  retention_over: 'Retention is over',
  taken_by_mistake: 'Taken into the system by mistake',
};
