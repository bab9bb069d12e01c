export { openGeography, type Geography } from './geography.ts';
