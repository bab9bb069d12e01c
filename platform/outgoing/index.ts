export { createOutgoing, type Outgoing, type OutgoingAnswer, type OutgoingRequest } from './outgoing.ts';
