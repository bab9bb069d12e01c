import Activity from '@lucide/svelte/icons/activity';
import Bell from '@lucide/svelte/icons/bell';
import FileSearch from '@lucide/svelte/icons/file-search';
import FlaskConical from '@lucide/svelte/icons/flask-conical';
import FileQuestion from '@lucide/svelte/icons/file-question-mark';
import Gauge from '@lucide/svelte/icons/gauge';
import GraduationCap from '@lucide/svelte/icons/graduation-cap';
import HeartPulse from '@lucide/svelte/icons/heart-pulse';
import Link from '@lucide/svelte/icons/link';
import MapPin from '@lucide/svelte/icons/map-pin';
import MessageCircleQuestion from '@lucide/svelte/icons/message-circle-question-mark';
import Plug from '@lucide/svelte/icons/plug';
import Handshake from '@lucide/svelte/icons/handshake';
import Rows3 from '@lucide/svelte/icons/rows-3';
import Scale from '@lucide/svelte/icons/scale';
import ShieldAlert from '@lucide/svelte/icons/shield-alert';
import Settings2 from '@lucide/svelte/icons/settings-2';
import Truck from '@lucide/svelte/icons/truck';
import UserCheck from '@lucide/svelte/icons/user-check';
import SquareTerminal from '@lucide/svelte/icons/square-terminal';
import Users from '@lucide/svelte/icons/users';
import { moduleNames, modules, type Module } from '#contracts/modules';
import type { Icon } from '../icon.ts';
import type { Place } from './places.ts';

export const moduleIcons: Record<Module, Icon> = {
  drug_alcohol: FlaskConical,
  background: FileSearch,
  dot: Truck,
  health: HeartPulse,
  training: GraduationCap,
  geofence: MapPin,
};

const byLabel: Readonly<Record<string, Icon>> = {
  Overview: Gauge,
  'Live board': Rows3,
  People: Users,
  Alerts: Bell,
  'DER IQ': MessageCircleQuestion,
  Explorer: SquareTerminal,
  Reviews: FileQuestion,
  Approvals: Handshake,
  'My compliance': UserCheck,
  'Audit log': Link,
  Security: ShieldAlert,
  Rules: Scale,
  Integrations: Plug,
  Status: Activity,
  Settings: Settings2,
  ...Object.fromEntries(modules.map((module) => [moduleNames[module], moduleIcons[module]])),
};

/** The icon of a place; a place without one of its own gets the overview's. */
export const iconOf = (place: Pick<Place, 'label'>): Icon => byLabel[place.label] ?? Gauge;
