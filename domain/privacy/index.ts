export { eventFieldClass } from './event-fields.ts';
export { fieldClasses, type FieldClass } from './field.ts';
export { tables } from './fields.ts';
export { speaksOf } from './identifiers.ts';
export type { DataPackage } from './package.ts';
export { createPrivacy, mayErase, type Privacy } from './service.ts';
export type { UnfinishedErasure } from './erasures.postgres.ts';
