export { createNeedToKnow, needsReason, type NeedToKnow, type Reveal } from './service.ts';
