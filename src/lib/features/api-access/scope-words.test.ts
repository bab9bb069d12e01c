import { expect, it } from 'vitest';
import { groupScopes, scopeWords } from './scope-words.ts';

it('says scopes by module, in the order of the modules', () => {
  expect(scopeWords(['training:write', 'scim', 'drug_alcohol:status', 'training:view'])).toEqual([
    'Drug & alcohol: see the colour alone',
    'Training: tell events, see',
    'Company: provision people and groups (SCIM)',
  ]);
});

it('offers nothing where nothing can be handed on', () => {
  expect(groupScopes([])).toEqual([]);
});
