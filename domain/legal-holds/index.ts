export { createLegalHolds, type LegalHolds } from './service.ts';
