export { isPublicAddress, networkOf } from './addresses.ts';
