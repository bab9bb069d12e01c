import type { Module } from '#contracts/modules';
import { compilePack } from '../pack.ts';
import type { CompiledPack, PackDefinition } from '../pack.ts';
import type { PackOverrides } from '../overrides.ts';
import { backgroundPack } from './background/index.ts';
import { dotPack } from './dot/index.ts';
import { drugAlcoholPack } from './drug-alcohol/index.ts';
import { geofencePack } from './geofence/index.ts';
import { healthPack } from './health/index.ts';
import { trainingPack } from './training/index.ts';

/** The built-in packs, before any tenant's overrides. */
export const builtInPacks: Readonly<Record<Module, PackDefinition<unknown>>> = {
  drug_alcohol: drugAlcoholPack,
  background: backgroundPack,
  dot: dotPack,
  health: healthPack,
  training: trainingPack,
  geofence: geofencePack,
};

export type TenantOverrides = Partial<Record<Module, PackOverrides>>;

/** All packs with one tenant's overrides. Throws like `compilePack`. */
export function compilePacks(overrides: TenantOverrides = {}): Readonly<Record<Module, CompiledPack>> {
  const compiled = Object.entries(builtInPacks).map(([module, definition]) => [
    module,
    compilePack(definition, overrides[module as Module]),
  ]);
  return Object.fromEntries(compiled) as Record<Module, CompiledPack>;
}
