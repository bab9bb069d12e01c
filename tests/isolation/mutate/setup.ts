import { installGuardSwitch } from './guard-switch.ts';

installGuardSwitch();
