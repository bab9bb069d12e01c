import { flag, instant, personal, plain, protectedColumn, word, type Table } from './table.ts';

export const flagsCurrent = {
  meaning: 'Flags as they are now.',
  grain: 'One person and module, once as the DER sees it and once as all others do. Read with FINAL.',
  explorable: true,
  columns: {
    tenant_id: plain(word, 'Company to which the person belongs.'),
    audience: plain(word, 'Whose view it is: der or others.'),
    employee_id: personal('String', 'Person whose flag it is.'),
    module: plain(word, 'Compliance module.'),
    flag: plain(flag, 'Colour now; none means not required and is counted nowhere.'),
    hold: plain('Bool', 'Whether work must stop.'),
    bits: plain('UInt32', 'Colour and hold at the place of the module in a state.'),
    short: protectedColumn('String', 'A few words: 3 d late, in 9 d.'),
    lead_rule_id: plain(word, 'Rule behind the lead reason; empty when none.'),
    next_change_at: plain(`Nullable(${instant})`, 'When the flag next changes by time alone.'),
    next_flag: plain(flag, 'What it becomes then; none when that cannot be told.'),
    turns_red_at: plain(`Nullable(${instant})`, 'When it turns red by time alone.'),
    decided_at: plain(instant, 'When it was decided.'),
    sequence: plain('UInt64', 'Change that made it so; the highest wins.'),
  },
} as const satisfies Table;
