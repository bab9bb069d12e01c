import type { EmployeeId } from '#contracts/ids';

/** How records name a person who is about to be erased. */
export interface PersonIdentifiers {
  readonly employeeId: EmployeeId;
  readonly number: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string | null;
  readonly birthDate: string | null;
  /** Ids in other systems. */
  readonly externalIds: readonly string[];
  /** Where the bodies lie that became events about the person: `topic/partition/position`. */
  readonly rawRefs: readonly string[];
}

/** Shorter ones are found by chance in anything. */
const shortestId = 5;

/**
 * Whether a text speaks of the person: by our id, an id of another system, the number or e-mail, or the last name together
 * with the first name or date of birth. Rather a record too many than one left.
 */
export function speaksOf(person: PersonIdentifiers): (text: string) => boolean {
  const ids = [person.employeeId, person.number, ...person.externalIds].filter(
    (id) => id.length >= shortestId,
  );
  const whole = [...ids, ...(person.email === null ? [] : [person.email])].map(asToken);
  const last = asToken(person.lastName);
  const beside = [person.firstName, ...birthForms(person.birthDate)].map(asToken);
  return (given) => {
    const text = plainText(given);
    if (whole.some((token) => token.test(text))) return true;
    return last.test(text) && beside.some((token) => token.test(text));
  };
}

/** As a word of its own: `HP-10` is not in `HP-104`. */
function asToken(word: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])${asItself(plainText(word))}(?![\\p{L}\\p{N}])`, 'u');
}

const asItself = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);

/** In one case and composed, with what JSON and XML write as escapes written out. */
function plainText(text: string): string {
  return text
    .replaceAll(/\\u([0-9a-fA-F]{4})/g, (_all, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
    .replaceAll(/&#(\d{1,6});/g, (_all, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
    .normalize('NFC')
    .toLowerCase();
}

/** A date of birth as messages write it. */
function birthForms(birthDate: string | null): string[] {
  if (birthDate === null) return [];
  const [year = '', month = '', day = ''] = birthDate.split('-');
  return [birthDate, `${year}${month}${day}`, `${month}/${day}/${year}`, `${month}${day}${year}`];
}
