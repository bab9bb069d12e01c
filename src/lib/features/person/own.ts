import { gravity, type FlagColour } from '#contracts/flags';
import { moduleNames } from '#contracts/modules';
import type { PersonModule } from '#contracts/screens/person';

export interface OwnVerdict {
  readonly title: string;
  readonly flag: FlagColour;
  readonly hold: boolean;
  /** What decides it; null when nothing is open. */
  readonly lead: PersonModule | null;
  /** Everything else that asks for something, gravest first. */
  readonly due: readonly PersonModule[];
}

const grade = (one: PersonModule): number => (one.state?.hold ? 0 : 10) + gravity[one.state?.flag ?? 'none'];

/** What a person must know of their own record before a day's work. */
export function ownVerdict(modules: readonly PersonModule[]): OwnVerdict {
  const open = modules
    .filter(({ state }) => state !== null && state.flag !== 'green' && state.flag !== 'none')
    .toSorted((one, other) => grade(one) - grade(other));
  const [lead, ...due] = open;
  if (lead?.state == null) {
    return { title: 'You are in order today', flag: 'green', hold: false, lead: null, due: [] };
  }
  const { flag, hold } = lead.state;
  return { title: titleOf(lead, flag, hold), flag, hold, lead, due };
}

const notToday: Record<PersonModule['module'], string> = {
  drug_alcohol: 'You may not do safety-sensitive work today',
  background: 'You may not start work yet',
  dot: 'You may not drive today',
  health: 'You may not do exposed work today',
  training: 'You may not do this work before you are trained',
  geofence: 'You may not enter the site today',
};

function titleOf(lead: PersonModule, flag: FlagColour, hold: boolean): string {
  if (hold) return notToday[lead.module];
  if (flag === 'red') return `${moduleNames[lead.module]} is overdue; you may work`;
  if (flag === 'stale') return `${moduleNames[lead.module]} cannot be told right now`;
  return `${moduleNames[lead.module]} is due soon`;
}
