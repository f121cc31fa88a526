import { expect, test } from 'vitest';
import { modelKeys } from './modelKeys.ts';

test('keys are kept for each origin, taken away, and forgotten without other secrets', async () => {
  const secrets = new Map([['other', 'secret']]);
  const keys = modelKeys({
    keys: () => Promise.resolve([...secrets.keys()]),
    get: (name) => Promise.resolve(secrets.get(name)),
    store: (name, value) => Promise.resolve(void secrets.set(name, value)),
    delete: (name) => Promise.resolve(void secrets.delete(name)),
  });
  await keys.set('https://a.example', 'ka');
  await keys.set('https://b.example', 'kb');
  await keys.set('https://b.example:8443', 'kc');
  expect(await keys.get('https://a.example')).toBe('ka');
  expect(await keys.get('http://a.example')).toBeUndefined();
  await keys.set('https://a.example', '');
  expect(await keys.get('https://a.example')).toBeUndefined();
  expect(await keys.forget()).toBe(2);
  expect([...secrets]).toEqual([['other', 'secret']]);
});
