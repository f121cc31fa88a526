import { expect, test } from 'vitest';
import { endpointAddress } from './endpointAddress.ts';
import { endpointModel } from './endpointModel.ts';

test.each([
  ['http://localhost:11434', 'http://localhost:11434/v1/models', undefined],
  ['http://localhost:11434/v1/', 'http://localhost:11434/v1/models', undefined],
  ['https://example.org/api/v1/chat/completions', 'https://example.org/api/v1/models', undefined],
  ['http://localhost:11434/v1?context=32768', 'http://localhost:11434/v1/models', 32_768],
  [
    'https://example.org/v1?version=2024-10%2B&context=8192&x=',
    'https://example.org/v1/models?version=2024-10%2B&x=',
    8_192,
  ],
  ['http://localhost/v1?subcontext=1', 'http://localhost/v1/models?subcontext=1', undefined],
])('%s', (text, models, contextTokens) => {
  const address = endpointAddress(text);
  expect(address.at('models').href).toBe(models);
  expect(address.contextTokens).toBe(contextTokens);
});

test.each(['many', '', '-1', '100', '99999999', '32768.5'])('the context "%s" is refused', (said) => {
  expect(() => endpointAddress(`http://localhost/v1?context=${said}`)).toThrow(
    /^A model's context is a number of tokens/,
  );
});

test('a model has the context that its address says', () => {
  expect(endpointModel({ url: 'http://localhost/v1?context=8192', name: 'x' }).contextTokens).toBe(8_192);
  expect(endpointModel({ url: 'http://localhost/v1', name: 'x' })).not.toHaveProperty('contextTokens');
});
