import { moduleNames, modules } from '#contracts/modules';

const rightWords: Readonly<Record<string, string>> = {
  view: 'see',
  status: 'see the colour alone',
  deidentified: 'see without names',
  write: 'tell events',
};

/** Modules and rights of the scopes that can be handed on, as the form offers them. */
export interface ScopeGroup {
  readonly title: string;
  readonly options: readonly { readonly scope: string; readonly label: string }[];
}

export function groupScopes(scopes: readonly string[]): ScopeGroup[] {
  const ofModules = modules.map((module) => ({
    title: moduleNames[module],
    options: scopes
      .filter((scope) => scope.startsWith(`${module}:`))
      .map((scope) => ({ scope, label: rightWords[scope.split(':')[1] ?? ''] ?? scope })),
  }));
  const office = [
    { scope: 'administration:view', label: 'read the audit log' },
    { scope: 'scim', label: 'provision people and groups (SCIM)' },
  ].filter(({ scope }) => scopes.includes(scope));
  return [...ofModules, { title: 'Company', options: office }].filter(({ options }) => options.length > 0);
}

/** `Training: see, tell events` for each module, in the order of the modules. */
export function scopeWords(scopes: readonly string[]): string[] {
  return groupScopes(scopes).map(
    ({ title, options }) => `${title}: ${options.map(({ label }) => label).join(', ')}`,
  );
}
