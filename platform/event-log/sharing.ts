import type { Cursors } from './cursors.ts';

export interface Member {
  maxBatch: number;
  /** Look again. */
  wake: () => void;
}

/** Which member of this process reads which partition, and which partitions have a batch in progress. */
export interface Sharing {
  join: (member: Member) => void;
  leave: (member: Member) => void;
  /** Closes the member's free partitions to others and returns them. */
  claim(member: Member): Set<number>;
  /** Opens partitions again; one that went to another member meanwhile is waited for by that member. */
  release(partitions: ReadonlySet<number>, holder: Member): void;
  busy: () => ReadonlySet<number>;
  wakeAll: () => void;
}

export function createSharing(cursors: Cursors): Sharing {
  const members: Member[] = [];
  const busy = new Set<number>();
  /** Partitions go round the members in the order they joined. */
  const readerOf = (place: number) => members[place % members.length];

  function wakeAll(): void {
    for (const member of members) member.wake();
  }

  return {
    join: (member) => {
      members.push(member);
      wakeAll();
    },
    leave: (member) => {
      members.splice(members.indexOf(member), 1);
      wakeAll();
    },
    claim: (member) => {
      const mine = cursors
        .owned()
        .filter((partition, place) => readerOf(place) === member && !busy.has(partition));
      for (const partition of mine) busy.add(partition);
      return new Set(mine);
    },
    release: (partitions, holder) => {
      const waiting = new Set<Member>();
      for (const [place, partition] of cursors.owned().entries()) {
        const reader = readerOf(place);
        if (partitions.has(partition) && reader !== undefined && reader !== holder) waiting.add(reader);
      }
      for (const partition of partitions) busy.delete(partition);
      for (const member of waiting) member.wake();
    },
    busy: () => busy,
    wakeAll,
  };
}
