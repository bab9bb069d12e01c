/** Attributes of RFC 7643 that this product takes; others that a client sends are left aside. */
export interface Attribute {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'complex' | 'reference';
  readonly multiValued?: boolean;
  readonly required?: boolean;
  readonly mutability?: 'readOnly' | 'readWrite' | 'immutable';
  readonly uniqueness?: 'none' | 'server';
  readonly says: string;
  readonly sub?: readonly Attribute[];
}

export const urns = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  enterprise: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  list: 'urn:ietf:params:scim:api:messages:2.0:ListResponse',
  patch: 'urn:ietf:params:scim:api:messages:2.0:PatchOp',
  error: 'urn:ietf:params:scim:api:messages:2.0:Error',
} as const;

const text = (name: string, says: string, rest: Partial<Attribute> = {}): Attribute => ({
  name,
  type: 'string',
  says,
  ...rest,
});

export const userAttributes: readonly Attribute[] = [
  text('userName', 'Signs in with it: an e-mail address.', { required: true, uniqueness: 'server' }),
  text('externalId', 'The identity provider’s own id.'),
  {
    name: 'name',
    type: 'complex',
    says: 'The parts of the name.',
    sub: [
      text('formatted', 'The whole name.'),
      text('familyName', 'Last name.'),
      text('givenName', 'First name.'),
      text('middleName', 'Middle name.'),
    ],
  },
  text('displayName', 'The name that screens show.'),
  text('title', 'Job title.'),
  { name: 'active', type: 'boolean', says: 'False: the person is let in nowhere, and sessions end.' },
  {
    name: 'emails',
    type: 'complex',
    multiValued: true,
    says: 'E-mail addresses.',
    sub: [
      text('value', 'The address.'),
      text('type', 'work, home or other.'),
      { name: 'primary', type: 'boolean', says: 'The main one.' },
      text('display', 'A label.'),
    ],
  },
  {
    name: 'groups',
    type: 'complex',
    multiValued: true,
    mutability: 'readOnly',
    says: 'Groups that the person belongs to.',
    sub: [text('value', 'Id of the group.'), text('display', 'Name of the group.')],
  },
];

export const enterpriseAttributes: readonly Attribute[] = [
  text('employeeNumber', 'The number of the employee record that is the person’s own.'),
  text('costCenter', 'Cost centre.'),
  text('organization', 'Organisation.'),
  text('division', 'Division.'),
  text('department', 'Department.'),
  {
    name: 'manager',
    type: 'complex',
    says: 'The manager.',
    sub: [text('value', 'Id of the manager.'), text('displayName', 'Name of the manager.')],
  },
];

export const groupAttributes: readonly Attribute[] = [
  text('displayName', 'Name of the group.', { required: true, uniqueness: 'server' }),
  text('externalId', 'The identity provider’s own id.'),
  {
    name: 'members',
    type: 'complex',
    multiValued: true,
    says: 'People of the group.',
    sub: [
      text('value', 'Id of the user.', { mutability: 'immutable' }),
      text('display', 'Name of the user.', { mutability: 'readOnly' }),
      text('type', 'User.', { mutability: 'immutable' }),
    ],
  },
];

/** Attribute names are compared without case: RFC 7643 section 2.1. */
export function findAttribute(known: readonly Attribute[], name: string): Attribute | undefined {
  const wanted = name.toLowerCase();
  return known.find((one) => one.name.toLowerCase() === wanted);
}
