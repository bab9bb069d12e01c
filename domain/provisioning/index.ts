export { enterpriseAttributes, groupAttributes, urns, userAttributes, type Attribute } from './attributes.ts';
export { scimTypeOf } from './errors.ts';
export type { Resource } from './resources.ts';
export { createProvisioning, type Provisioning, type ResourceKind } from './service.ts';
export { namesVersion } from './versions.ts';
