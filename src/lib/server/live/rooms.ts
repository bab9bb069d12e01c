import type { FlagChanged } from '#contracts/live';
import type { Pseudonyms } from '../visibility.ts';
import type { ChangeHistory } from './history.ts';
import { createRoom, type Room } from './room.ts';

export interface RoomsDeps {
  readonly history: ChangeHistory;
  readonly pseudonyms: Pseudonyms;
  readonly options: { readonly coalesceMs: number; readonly maxReplay: number; readonly repairMs: number };
  readonly onError: (error: unknown) => void;
  readonly onSent: (changes: readonly FlagChanged[]) => void;
}

interface Held {
  readonly room: Room;
  readonly ready: Promise<Room>;
  holders: number;
}

/** The rooms of this process: one per tenant that somebody watches. */
export function createRooms(deps: RoomsDeps) {
  const rooms = new Map<string, Held>();

  function open(tenantId: string): Held {
    const { history, pseudonyms, options, onError, onSent } = deps;
    const room = createRoom({ tenantId, history, pseudonyms, onError, onSent, ...options });
    const ready = room.open().then(() => room);
    const held: Held = { room, ready, holders: 0 };
    ready.catch((error: unknown) => {
      onError(error);
      if (rooms.get(tenantId) === held) rooms.delete(tenantId);
    });
    rooms.set(tenantId, held);
    return held;
  }

  return {
    /** Holds the tenant's room, opening it for the first viewer. Call `release` once when done. */
    hold(tenantId: string): { readonly room: Promise<Room>; readonly release: () => void } {
      const held = rooms.get(tenantId) ?? open(tenantId);
      held.holders += 1;
      const release = (): void => {
        held.holders -= 1;
        if (held.holders > 0) return;
        held.room.close();
        if (rooms.get(tenantId) === held) rooms.delete(tenantId);
      };
      return { room: held.ready, release };
    },
    publish(changes: readonly FlagChanged[]): void {
      for (const [tenantId, own] of Map.groupBy(changes, (change) => change.tenantId)) {
        // Changes that come while a room opens wait for it: they may lie before or after where it stands.
        rooms.get(tenantId)?.ready.then((room) => room.publish(own), deps.onError);
      }
    },
    size: () => rooms.size,
    close(): void {
      for (const { room } of rooms.values()) room.close();
      rooms.clear();
    },
  };
}

export type Rooms = ReturnType<typeof createRooms>;
