import type { PolicyFact, TableFact } from '../catalogue.ts';
import { quoted } from '../planted-rows.ts';

/** A change of the database that takes something away, and the one that brings it back. */
export interface PolicyMutant {
  readonly what: string;
  readonly apply: string;
  readonly revert: string;
}

const commands = { r: 'select', a: 'insert', w: 'update', d: 'delete', '*': 'all' } as const;

/** Each policy dropped, each policy opened to every row, row security off, row security not for the owner. */
export function policyMutants(table: TableFact): PolicyMutant[] {
  const target = quoted(table.name);
  const off = (what: string, to: string, back: string): PolicyMutant => ({
    what,
    apply: `alter table ${target} ${to} row level security`,
    revert: `alter table ${target} ${back} row level security`,
  });
  return [
    ...table.policies.flatMap((policy) => ofPolicy(target, policy)),
    off('row security off', 'disable', 'enable'),
    off('row security not forced', 'no force', 'force'),
  ];
}

function ofPolicy(target: string, policy: PolicyFact): PolicyMutant[] {
  const drop = `drop policy "${policy.name}" on ${target}`;
  const open = { ...policy, using: policy.using && 'true', check: policy.check && 'true' };
  const dropped = { what: `${policy.name} dropped`, apply: drop, revert: create(target, policy) };
  const isOpen = open.using === policy.using && open.check === policy.check;
  const opened = {
    what: `${policy.name} open to every row`,
    apply: `${drop}; ${create(target, open)}`,
    revert: `${drop}; ${create(target, policy)}`,
  };
  return isOpen ? [dropped] : [dropped, opened];
}

function create(target: string, { name, restrictive, command, roles, using, check }: PolicyFact): string {
  const kind = restrictive ? 'restrictive' : 'permissive';
  const parts = [using === null ? '' : `using (${using})`, check === null ? '' : `with check (${check})`];
  return `create policy "${name}" on ${target} as ${kind} for ${commands[command]} to ${roles.join(', ')} ${parts.join(' ')}`;
}
