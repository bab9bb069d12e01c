import {
  enterpriseAttributes,
  groupAttributes,
  urns,
  userAttributes,
  type Attribute,
} from '#domain/provisioning';

const schemaUrn = 'urn:ietf:params:scim:schemas:core:2.0:Schema';
const typeUrn = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType';

/** What a client may learn before it begins: RFC 7643 sections 5 to 7. `base` = the address of the door. */
export function discoveryOf(base: string): Readonly<Record<string, object>> {
  const schemas = [
    schemaOf(base, urns.user, 'User', userAttributes),
    schemaOf(base, urns.group, 'Group', groupAttributes),
    schemaOf(base, urns.enterprise, 'EnterpriseUser', enterpriseAttributes),
  ];
  const types = [
    typeOf(base, 'User', '/Users', urns.user, [{ schema: urns.enterprise, required: false }]),
    typeOf(base, 'Group', '/Groups', urns.group, []),
  ];
  return {
    '/ServiceProviderConfig': providerConfig(base),
    '/Schemas': listOf(schemas),
    '/ResourceTypes': listOf(types),
    ...Object.fromEntries(schemas.map((schema) => [`/Schemas/${schema.id}`, schema])),
    ...Object.fromEntries(types.map((type) => [`/ResourceTypes/${type.id}`, type])),
  };
}

function listOf(resources: readonly object[]) {
  const { length } = resources;
  return {
    schemas: [urns.list],
    totalResults: length,
    startIndex: 1,
    itemsPerPage: length,
    Resources: resources,
  };
}

function providerConfig(base: string) {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: 200 },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: true },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer key',
        description: 'A key with the scope scim, or an access token of an OAuth client with it.',
        specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  };
}

function typeOf(
  base: string,
  name: string,
  endpoint: string,
  schema: string,
  schemaExtensions: readonly object[],
) {
  return {
    schemas: [typeUrn],
    id: name,
    name,
    endpoint,
    schema,
    schemaExtensions,
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${name}` },
  };
}

function schemaOf(base: string, id: string, name: string, attributes: readonly Attribute[]) {
  return {
    schemas: [schemaUrn],
    id,
    name,
    attributes: attributes.map(definition),
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${id}` },
  };
}

function definition(attribute: Attribute): object {
  const {
    name,
    type,
    multiValued = false,
    required = false,
    mutability = 'readWrite',
    sub,
    says,
  } = attribute;
  return {
    name,
    type,
    multiValued,
    description: says,
    required,
    caseExact: false,
    mutability,
    returned: 'default',
    uniqueness: attribute.uniqueness ?? 'none',
    ...(sub === undefined ? {} : { subAttributes: sub.map(definition) }),
  };
}
