import type { Denial, Facts, PrivilegeChange, Reading } from './facts.ts';
import type { Evidence, Finding } from './incident.ts';
import type { Thresholds } from './thresholds.ts';
import { burstOf, groupBy } from './windows.ts';

const aboutUser = ({ userId: id, userName: name }: { userId: string; userName: string }) => ({
  type: 'user' as const,
  id,
  name,
});

const changeWords: Readonly<Record<string, string>> = {
  'identity:membership:grant': 'gave access to',
  'identity:membership:change': 'changed the access of',
  'identity:membership:revoke': 'took the access of',
  'identity:membership:suspend': 'suspended the access of',
  'identity:membership:resume': 'restored the access of',
};

function changeEvidence(change: PrivilegeChange): Evidence {
  const verb = changeWords[change.act] ?? `did ${change.act} on`;
  const whom = change.of === change.userId ? 'themselves' : change.of;
  const role = change.privilegedRole === null ? '' : ` as ${change.privilegedRole}`;
  return {
    key: change.key,
    at: change.at,
    words: `${change.userName} ${verb} ${whom}${role}.`,
    auditEntryId: change.auditEntryId,
  };
}

/** A role of administration was given, somebody changed their own access, or one person changed many. */
export function privilegeChanges(facts: Facts, { privilege_change: limit }: Thresholds): Finding[] {
  return [...groupBy(facts.privilegeChanges, ({ userId }) => userId).values()].flatMap((own) => {
    const onOneself = own.filter((change) => change.of === change.userId);
    const many = burstOf(own, { least: limit.changes, withinMinutes: limit.withinMinutes }) ?? [];
    const privileged = own.filter((change) => change.privilegedRole !== null);
    const chosen = own.filter((one) => [onOneself, many, privileged].some((some) => some.includes(one)));
    const [first] = chosen;
    if (first === undefined) return [];
    const critical = onOneself.length > 0 || many.length > 0;
    return [
      {
        detector: 'privilege_change',
        subject: aboutUser(first),
        severity: critical ? 'critical' : 'warning',
        title: titleOfChanges(first.userName, onOneself.length, many.length),
        evidence: chosen.map(changeEvidence),
      },
    ];
  });
}

function titleOfChanges(name: string, onOneself: number, many: number): string {
  if (onOneself > 0) return `${name} changed their own access`;
  return many > 0 ? `${name} changed the access of many` : `${name} gave a role of administration`;
}

const peopleIn = (window: readonly Reading[]): number =>
  window.reduce((total, { people }) => total + people, 0);

/** One user opens, or carries out, the records of more people than the work of a case worker explains. */
export function bulkReads(facts: Facts, { bulk_read: limit }: Thresholds): Finding[] {
  return [...groupBy(facts.readings, ({ userId }) => userId).values()].flatMap((own) => {
    const { withinMinutes } = limit;
    const burst = (how: Reading['how'], least: number) =>
      burstOf(
        own.filter((one) => one.how === how),
        { least, withinMinutes, weigh: peopleIn },
      ) ?? [];
    const opened = burst('opened', limit.people);
    const exported = burst('exported', limit.exportedPeople);
    const chosen = own.filter((one) => opened.includes(one) || exported.includes(one));
    const [first] = chosen;
    if (first === undefined) return [];
    return [
      {
        detector: 'bulk_read',
        subject: aboutUser(first),
        severity: peopleIn(opened) >= 3 * limit.people || exported.length > 0 ? 'critical' : 'warning',
        title: `${first.userName} ${exported.length > 0 ? 'exported' : 'opened'} records of ${peopleIn(chosen)} people`,
        evidence: chosen.map((one) => ({
          key: one.key,
          at: one.at,
          words: `${one.userName} ${one.how} ${one.people === 1 ? 'one record' : `${one.people} records`}.`,
          auditEntryId: one.auditEntryId,
        })),
      },
    ];
  });
}

const refusalsIn = (window: readonly Denial[]): number =>
  window.reduce((total, { count }) => total + count, 0);

/** One user keeps asking for what is not theirs; for several things, that is probing. */
export function repeatedDenials(facts: Facts, { repeated_denials: limit }: Thresholds): Finding[] {
  return [...groupBy(facts.denials, ({ userId }) => userId).values()].flatMap((own) => {
    const burst = burstOf(own, {
      least: limit.denials,
      withinMinutes: limit.withinMinutes,
      weigh: refusalsIn,
    });
    const [first] = burst ?? [];
    if (burst === null || first === undefined) return [];
    const things = new Set(burst.map(({ what }) => what)).size;
    return [
      {
        detector: 'repeated_denials',
        subject: aboutUser(first),
        severity: things >= limit.things ? 'critical' : 'warning',
        title: `${first.userName} was refused ${refusalsIn(burst)} times, for ${things === 1 ? 'one thing' : `${things} things`}`,
        evidence: burst.map((one) => ({
          key: one.key,
          at: one.at,
          words: `${one.userName} asked for ${one.what} and was refused${one.count > 1 ? `, ${one.count} times in a minute` : ''}.`,
          auditEntryId: null,
        })),
      },
    ];
  });
}
