import { expect, test } from 'vitest';
import type { PolicyStatus } from '#node/service/searchService.ts';
import { english } from '../../test/fakes/english.ts';
import { policyName } from './policyName.ts';

test.each([
  ['shipped', 'shipped 1', 1],
  ['shipped', 'shipped', undefined],
  ['workspace', 'this workspace 3', 3],
  ['user', 'yours 2', 2],
  ['team', 'team', undefined],
  ['hand', 'by hand', undefined],
  ['uniform', 'by chance', undefined],
  ['file', 'own.onnx', undefined],
] as const)('%s is called in English as its process calls it: %s', (kind, version, number) => {
  const status: PolicyStatus = { name: '', kind, version, digest: '', ...(number !== undefined && { number }) };
  expect(policyName(status, english)).toBe(version);
});
