import * as z from 'zod';
import { areas } from '#contracts/roles';
import { modules, type Module } from '#contracts/modules';
import { roleNames, type FrameTenant } from '#contracts/screens/frame';
import {
  ruleDetailSchema,
  roleLabelsSchema,
  ruleLineSchema,
  settingsSchema,
  type RuleDetail,
  type RuleLine,
  type Settings,
} from '#contracts/screens/settings';
import type { CompiledPack, Rule, RuleParameter } from '#domain/flags';
import { permissions, portals, type Identity, type Viewer } from '#domain/identity';
import { PlumblineError } from '#platform/errors';
import { actContextOf } from '../context.ts';
import { conditionWords, exprWords } from '../rules/words.ts';
import { router, scopedProcedure, signedInProcedure } from '../trpc.ts';

export interface SettingsRouterDeps {
  /** Rules of the tenant with its own parameters. */
  packsOf(tenantId: string): Promise<Readonly<Record<Module, CompiledPack>>>;
  listTenants(viewer: Viewer): Promise<FrameTenant[]>;
  readonly identity: Pick<Identity, 'nameRoles'>;
}

const reader = scopedProcedure('administration', 'view');

export function createSettingsRouter(deps: SettingsRouterDeps) {
  return router({
    /** The newest version of every rule, by module. */
    rules: reader.output(z.array(ruleLineSchema)).query(async ({ ctx: { scope } }) => {
      const packs = await deps.packsOf(scope.tenantId);
      return modules.flatMap((module) => newest(rulesOf(packs[module])).map(toLine));
    }),
    rule: reader
      .input(z.object({ id: z.string().max(60) }))
      .output(ruleDetailSchema)
      .query(async ({ ctx: { scope }, input }) => {
        const packs = await deps.packsOf(scope.tenantId);
        return detailOf(packs, input.id);
      }),
    /** The company's own words for its roles; an empty one gives ours back. */
    nameRoles: scopedProcedure('administration', 'write')
      .input(roleLabelsSchema)
      .mutation(async ({ ctx, input: { labels } }) => {
        const given = Object.entries(labels).filter(([, label]) => label !== '');
        await deps.identity.nameRoles(ctx.scope, Object.fromEntries(given), actContextOf(ctx));
      }),
    /** The company and what each role may do in it. */
    read: signedInProcedure
      .output(settingsSchema)
      .query(async ({ ctx }) => readSettings(deps, ctx.session.viewer)),
  });
}

const rulesOf = (pack: CompiledPack): Rule[] => pack.rules.map(({ rule }) => rule);

/** One rule per id: the highest version, in the order of the pack. */
function newest(rules: readonly Rule[]): Rule[] {
  const byId = new Map<string, Rule>();
  for (const rule of rules) {
    const known = byId.get(rule.id);
    if (known === undefined || rule.version > known.version) byId.set(rule.id, rule);
  }
  return [...byId.values()];
}

function toLine(rule: Rule): RuleLine {
  const { id, version, module, title, basis, citations, textAsOf, subject, effectiveFrom } = rule;
  return { id, version, module, title, basis, citations: [...citations], textAsOf, subject, effectiveFrom };
}

function detailOf(packs: Readonly<Record<Module, CompiledPack>>, id: string): RuleDetail {
  for (const module of modules) {
    const pack = packs[module];
    const versions = rulesOf(pack)
      .filter((rule) => rule.id === id)
      .toSorted((a, b) => b.version - a.version);
    const [rule] = versions;
    if (rule !== undefined) return toDetail(rule, versions, pack);
  }
  throw new PlumblineError({
    kind: 'not_found',
    code: 'flags.rule_unknown',
    detail: `There is no rule ${id}. See the list of rules.`,
  });
}

function toDetail(rule: Rule, versions: readonly Rule[], pack: CompiledPack): RuleDetail {
  const titleOf = (name: string) => pack.definition.signals[name]?.title ?? plainName(name);
  const condition = conditionWords(rule, titleOf);
  return {
    ...toLine(rule),
    says: rule.says.replaceAll(
      /\{(\w+)\}/g,
      (_, name: string) => `⟨${name === 'due' ? 'day' : titleOf(name)}⟩`,
    ),
    message: rule.message,
    quotes: rule.quotes.map((quote) => ({ ...quote })),
    appliesWhen: exprWords(rule.appliesWhen, titleOf),
    condition: condition.when,
    gives: condition.gives,
    nature: natureWords[rule.nature],
    jurisdictions: rule.jurisdictions ?? [],
    parameters: Object.entries(rule.parameters).map(([name, parameter]) => ({
      name: plainName(name),
      value: String(parameter.value),
      unit: parameter.unit,
      basis: parameter.basis,
      range: rangeOf(parameter),
    })),
    tasks: rule.tasks.map((task) => task.title),
    versions: versions.map(({ version, effectiveFrom }) => ({ version, effectiveFrom })),
  };
}

const natureWords: Record<Rule['nature'], string> = {
  prohibition: 'Binds everybody, whatever their phase',
  before_work: 'Must be there before the work starts',
  lapse: 'A dated paper that runs out',
  duty: 'A duty of the employer',
  status: 'States what is so',
  silence: 'A vendor that is silent',
};

/** `firstMarkDays` → `first mark days`. */
const plainName = (name: string): string => name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();

/** What the tenant may choose; null = fixed. */
function rangeOf({ basis, min, max }: RuleParameter): string | null {
  if (min === undefined && max === undefined) return basis === 'law' ? null : 'any';
  if (min !== undefined && max !== undefined) return `${min} to ${max}`;
  return min === undefined ? `at most ${max}` : `at least ${min}`;
}

async function readSettings(deps: SettingsRouterDeps, viewer: Viewer): Promise<Settings> {
  const tenants = await deps.listTenants(viewer);
  const tenant = tenants.find(({ id }) => id === viewer.actingTenantId);
  if (tenant === undefined) {
    throw new PlumblineError({
      kind: 'not_found',
      code: 'identity.tenant_missing',
      detail: 'The company you look at is gone. Sign in again.',
    });
  }
  return {
    tenant: { id: tenant.id, name: tenant.name, kind: tenant.kind, zone: tenant.zone },
    roles: portals[tenant.kind].map((role) => ({
      role,
      label: tenant.roleLabels[role] ?? roleNames[role],
      ours: roleNames[role],
      rights: Object.fromEntries(areas.map((area) => [area, [...permissions[role][area]]])),
    })),
  };
}
