export { createNeedToKnow, needsReason, type NeedToKnow } from './service.ts';
