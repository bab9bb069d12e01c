export { tables } from './fields.ts';
export { speaksOf } from './identifiers.ts';
export type { DataPackage } from './package.ts';
export { createPrivacy, type Privacy } from './service.ts';
export type { UnfinishedErasure } from './erasures.postgres.ts';
