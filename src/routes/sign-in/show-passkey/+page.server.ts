import { loadStep } from '../pending.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = (event) => loadStep(event, 'show-passkey');
