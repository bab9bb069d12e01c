import { networkOf } from '#platform/addresses';
import type { Facts, KnownNetworks, Locate, SignIn } from './facts.ts';
import type { Finding } from './incident.ts';
import { failedSignIns, impossibleTravel, newNetwork, passwordSpray } from './sign-in-detectors.ts';
import { detectorNames, type DetectorName, type Thresholds } from './thresholds.ts';
import { bulkReads, privilegeChanges, repeatedDenials } from './use-detectors.ts';

type Detector = (facts: Facts, thresholds: Thresholds, locate: Locate) => Finding[];

const byName: Readonly<Record<DetectorName, Detector>> = {
  failed_sign_ins: failedSignIns,
  password_spray: passwordSpray,
  new_network: newNetwork,
  impossible_travel: impossibleTravel,
  privilege_change: privilegeChanges,
  bulk_read: bulkReads,
  repeated_denials: repeatedDenials,
};

/** Keys of the facts that incidents which have ended rest on, by detector: they raise nothing again. */
export type Settled = ReadonlyMap<DetectorName, ReadonlySet<string>>;

/** All that the detectors say of these facts. Pure; asking twice says the same twice. */
export function detect(
  facts: Facts,
  { thresholds, locate, settled }: { thresholds: Thresholds; locate: Locate; settled: Settled },
): Finding[] {
  return detectorNames.flatMap((name) =>
    byName[name](without(facts, settled.get(name) ?? new Set()), thresholds, locate),
  );
}

/** The facts without those that somebody has judged. Where a judged sign-in came from is known from then on. */
function without(facts: Facts, judged: ReadonlySet<string>): Facts {
  if (judged.size === 0) return facts;
  const left = <T extends { readonly key: string }>(some: readonly T[]) =>
    some.filter(({ key }) => !judged.has(key));
  const known = new Map(facts.known);
  for (const signIn of facts.signIns) {
    const before = known.get(signIn.userId);
    if (judged.has(signIn.key) && before !== undefined) known.set(signIn.userId, withOrigin(before, signIn));
  }
  return {
    ...facts,
    signIns: left(facts.signIns),
    privilegeChanges: left(facts.privilegeChanges),
    readings: left(facts.readings),
    denials: left(facts.denials),
    known,
  };
}

function withOrigin({ networks, devices, signIns }: KnownNetworks, { ip, device }: SignIn): KnownNetworks {
  const network = networkOf(ip);
  return {
    networks: network === null ? networks : new Set([...networks, network]),
    devices: device === null ? devices : new Set([...devices, device]),
    signIns,
  };
}

const hourMs = 3_600_000;

/**
 * How far back the facts must reach: twice the longest window of the thresholds, for a run that began before it, and six
 * hours at least, for a worker that was away.
 */
export function lookBackMs(thresholds: Thresholds): number {
  const windows = [
    thresholds.failed_sign_ins.withinMinutes,
    thresholds.password_spray.withinMinutes,
    thresholds.impossible_travel.unmappedMinutes,
    thresholds.privilege_change.withinMinutes,
    thresholds.bulk_read.withinMinutes,
    thresholds.repeated_denials.withinMinutes,
  ];
  return Math.max(6 * hourMs, 2 * Math.max(...windows) * 60_000);
}
