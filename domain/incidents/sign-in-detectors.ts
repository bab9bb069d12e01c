import { networkOf } from '#platform/addresses';
import type { Facts, Locate, SignIn } from './facts.ts';
import type { Evidence, Finding } from './incident.ts';
import type { Thresholds } from './thresholds.ts';
import { burstOf, gapMs, groupBy } from './windows.ts';

const outcomeWords = {
  succeeded: 'signed in',
  failed: 'failed to sign in',
  locked: 'was locked out',
} as const;

function evidenceOf(signIn: SignIn, note = ''): Evidence {
  const from = signIn.ip === null ? 'from an unknown address' : `from ${signIn.ip}`;
  return {
    key: signIn.key,
    at: signIn.at,
    words: `${signIn.userName} ${outcomeWords[signIn.outcome]} ${from}${note}.`,
    auditEntryId: signIn.auditEntryId,
  };
}

const aboutUser = ({ userId: id, userName: name }: SignIn) => ({ type: 'user' as const, id, name });
const isFailure = (signIn: SignIn): boolean => signIn.outcome !== 'succeeded';

/** Many failures of one account; critical when the same network then got in. */
export function failedSignIns(facts: Facts, { failed_sign_ins: limit }: Thresholds): Finding[] {
  return [...groupBy(facts.signIns, ({ userId }) => userId).values()].flatMap((own) => {
    const failures = burstOf(own.filter(isFailure), { least: limit.failures, ...limit });
    const [first] = failures ?? [];
    const last = failures?.at(-1);
    if (failures === null || first === undefined || last === undefined) return [];
    const networks = new Set(failures.map(({ ip }) => networkOf(ip)));
    const entry = own
      .slice(own.indexOf(last) + 1)
      .find(
        (one) =>
          !isFailure(one) &&
          gapMs(last, one) <= limit.withinMinutes * 60_000 &&
          networks.has(networkOf(one.ip)),
      );
    return [
      {
        detector: 'failed_sign_ins',
        subject: aboutUser(first),
        severity: entry === undefined ? 'warning' : 'critical',
        title:
          entry === undefined
            ? `${failures.length} failed sign-ins of ${first.userName}`
            : `${first.userName} signed in after ${failures.length} failures from the same network`,
        evidence: [
          ...failures.map((one) => evidenceOf(one)),
          ...(entry === undefined ? [] : [evidenceOf(entry, ', after the failures')]),
        ],
      },
    ];
  });
}

const usersOf = (tries: readonly SignIn[]): number => new Set(tries.map(({ userId }) => userId)).size;

/** One network fails for several accounts: somebody has a list. */
export function passwordSpray(facts: Facts, { password_spray: limit }: Thresholds): Finding[] {
  const failures = facts.signIns.filter((one) => isFailure(one) && networkOf(one.ip) !== null);
  return [...groupBy(failures, ({ ip }) => networkOf(ip))].flatMap(([network, tries]) => {
    const burst = burstOf(tries, { least: limit.users, withinMinutes: limit.withinMinutes, weigh: usersOf });
    if (burst === null || network === null) return [];
    return [
      {
        detector: 'password_spray',
        subject: { type: 'network', id: network, name: network },
        severity: 'critical',
        title: `${network} tried ${usersOf(burst)} accounts without success`,
        evidence: burst.map((one) => evidenceOf(one)),
      },
    ];
  });
}

/** Signed in from a block of addresses, or on a device, that the account never used in the time that is remembered. */
export function newNetwork(facts: Facts, { new_network: limit }: Thresholds): Finding[] {
  const successes = facts.signIns.filter((one) => one.outcome === 'succeeded');
  return [...groupBy(successes, ({ userId }) => userId)].flatMap(([userId, own]) => {
    const known = facts.known.get(userId);
    if (known === undefined || known.signIns < limit.knownSignIns) return [];
    const evidence = own.flatMap((one) => {
      const network = networkOf(one.ip);
      const strangeNetwork = network !== null && !known.networks.has(network);
      // Accounts whose devices were never recorded have no device that could be new.
      const strangeDevice = one.device !== null && known.devices.size > 0 && !known.devices.has(one.device);
      if (!strangeNetwork && !strangeDevice) return [];
      const what = [strangeNetwork ? 'network' : '', strangeDevice ? 'device' : ''].filter(
        (word) => word !== '',
      );
      return [evidenceOf(one, `, a new ${what.join(' and a new ')}`)];
    });
    const [first] = own;
    if (first === undefined || evidence.length === 0) return [];
    return [
      {
        detector: 'new_network',
        subject: aboutUser(first),
        severity: facts.administrators.has(userId) ? 'warning' : 'notice',
        title: `${first.userName} signed in from somewhere new`,
        evidence,
      },
    ];
  });
}

/** Two successful sign-ins of one account from places too far apart for the time between them. */
export function impossibleTravel(facts: Facts, thresholds: Thresholds, locate: Locate): Finding[] {
  const successes = facts.signIns.filter((one) => one.outcome === 'succeeded' && one.ip !== null);
  return [...groupBy(successes, ({ userId }) => userId).values()].flatMap((own) => {
    const jumps = own.flatMap((one, index) => {
      const before = own[index - 1];
      const jump = before === undefined ? null : jumpOf(before, one, thresholds, locate);
      return before === undefined || jump === null ? [] : [{ ...jump, pair: [before, one] as const }];
    });
    const [first] = jumps;
    if (first === undefined) return [];
    const evidence = jumps.flatMap(({ pair: [from, to], note }) => [evidenceOf(from), evidenceOf(to, note)]);
    return [
      {
        detector: 'impossible_travel',
        subject: aboutUser(first.pair[0]),
        severity: jumps.some(({ mapped }) => mapped) ? 'critical' : 'warning',
        title: `${first.pair[0].userName} signed in from two places at once`,
        evidence: [...new Map(evidence.map((one) => [one.key, one])).values()],
      },
    ];
  });
}

function jumpOf(
  from: SignIn,
  to: SignIn,
  { impossible_travel: limit }: Thresholds,
  locate: Locate,
): { note: string; mapped: boolean } | null {
  const networks = [networkOf(from.ip), networkOf(to.ip)];
  if (networks.includes(null) || networks[0] === networks[1]) return null;
  const places = [locate(from.ip ?? ''), locate(to.ip ?? '')] as const;
  if (places[0] !== null && places[1] !== null) {
    const km = kilometres(places[0], places[1]);
    // Two sign-ins in the same second are not infinitely fast: the map and the clocks are no better than a minute.
    const hours = Math.max(gapMs(from, to), 60_000) / 3_600_000;
    if (km < limit.leastKm || km / hours <= limit.kmPerHour) return null;
    return {
      note: `, ${Math.round(km)} km from ${places[0].place} in ${minutesWords(from, to)}`,
      mapped: true,
    };
  }
  if (gapMs(from, to) > limit.unmappedMinutes * 60_000) return null;
  return { note: `, another network after ${minutesWords(from, to)}`, mapped: false };
}

const minutesWords = (from: SignIn, to: SignIn): string => `${Math.round(gapMs(from, to) / 60_000)} min`;

interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

const earthKm = 6371;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Great-circle distance by the haversine formula. */
function kilometres(one: Point, other: Point): number {
  const up = radians(other.latitude - one.latitude) / 2;
  const along = radians(other.longitude - one.longitude) / 2;
  const square =
    Math.sin(up) ** 2 +
    Math.cos(radians(one.latitude)) * Math.cos(radians(other.latitude)) * Math.sin(along) ** 2;
  return 2 * earthKm * Math.asin(Math.min(1, Math.sqrt(square)));
}
