import type { DemoCompany } from '../company.ts';
import { createDice, type Dice } from '../dice.ts';
import { stories } from './stories.ts';
import type { Message } from './wire.ts';

/** How often the vendors' networks misbehave. Shares of all messages. */
export interface Trouble {
  duplicate: number;
  /** Sent late, behind messages that happened after it. */
  late: number;
  forged: number;
}

export const usualTrouble: Trouble = { duplicate: 0.04, late: 0.04, forged: 0.01 };

interface Pending {
  dueMs: number;
  make: () => Message;
}

/**
 * An endless stream of vendor messages. The same seed and run name give the same messages, whatever the pace: `nowMs`
 * only dates them. Messages of stories under way come first when their time has come; else a new story begins.
 */
export function createStream(options: {
  company: DemoCompany;
  seed: number;
  /** Part of every vendor id, so that a second run is not a repetition of the first. */
  run: string;
  trouble: Trouble;
}) {
  const dice: Dice = createDice(options.seed, 'stream');
  const people = options.company.people.filter((person) => person.phase === 'active');
  const waiting: Pending[] = [];
  const again: { message: Message; dueMs: number }[] = [];
  let count = 0;

  function begin(nowMs: number): void {
    for (let attempt = 0; attempt < 50; attempt += 1) {
      count += 1;
      const key = `${options.run}${count.toString(36)}`;
      const story = dice.weighted(stories);
      const person = dice.pick(people);
      const told = story({ dice, company: options.company, person, key });
      if (told.length === 0) continue;
      for (const one of told) {
        const lateMs = dice.chance(options.trouble.late) ? dice.int(15, 40) * 1000 : 0;
        const happenedMs = nowMs + one.afterMs;
        waiting.push({ dueMs: happenedMs + lateMs, make: () => one.make(happenedMs) });
      }
      waiting.sort((a, b) => a.dueMs - b.dueMs);
      return;
    }
  }

  function troubled(message: Message, nowMs: number): Message {
    if (dice.chance(options.trouble.duplicate)) again.push({ message, dueMs: nowMs + dice.int(0, 8) * 1000 });
    return dice.chance(options.trouble.forged) ? { ...message, forged: true } : message;
  }

  return {
    /** The next message to send at `nowMs`. A forged one is followed by its true self. */
    next(nowMs: number): Message {
      const repeat = again.findIndex(({ dueMs }) => dueMs <= nowMs);
      if (repeat >= 0) {
        const [found] = again.splice(repeat, 1);
        if (found) return found.message;
      }
      if (!waiting[0] || waiting[0].dueMs > nowMs) begin(nowMs);
      const told = waiting.shift();
      if (!told) throw new Error('no story of the demo company has anything to tell');
      const message = troubled(told.make(), nowMs);
      if (message.forged) again.push({ message: { ...message, forged: false }, dueMs: nowMs });
      return message;
    },
  };
}

export type Stream = ReturnType<typeof createStream>;
