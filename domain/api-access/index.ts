export { createRunOnce, type RunOnce } from './idempotency.ts';
export { allScopes, scimScope, scopesOf } from './scopes.ts';
export { createApiAccess, type ApiAccess, type Caller, type NewClient } from './service.ts';
export type { ApiClient } from './store.postgres.ts';
