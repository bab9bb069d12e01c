export { openGeography } from './geography.ts';
