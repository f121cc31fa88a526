import { beforeEach, describe, expect, test } from 'vitest';
import { isOnThisMachine } from './isOnThisMachine.ts';
import { modelConsent, type ModelConsent } from './modelConsent.ts';

const kept = new Map<string, unknown>();
let asked: string[];
let answer: boolean;
const memory = {
  get: (name: string) => kept.get(name),
  update: (name: string, value: unknown) => Promise.resolve(void kept.set(name, value)),
} as Parameters<typeof modelConsent>[0];
const open = (): ModelConsent => modelConsent(memory, (origin) => (asked.push(origin), Promise.resolve(answer)));
const [SERVER, OTHER] = ['https://models.example', 'https://models.example:8443'];

beforeEach(() => {
  kept.clear();
  asked = [];
  answer = true;
});

describe('consent', () => {
  test('is asked for once for each origin, and kept', async () => {
    for (const origin of [SERVER, SERVER, OTHER]) expect(await open().isGiven(origin, false)).toBe(true);
    expect(asked).toEqual([SERVER, OTHER]);
    expect(open().isKnown(SERVER)).toBe(true);
  });

  test('that is denied is not asked for with every question, but again when it is wanted', async () => {
    answer = false;
    const consent = open();
    for (const again of [false, false, true, false]) expect(await consent.isGiven(SERVER, again)).toBe(false);
    expect(asked).toEqual([SERVER, SERVER]);
    answer = true;
    expect(await consent.isGiven(SERVER, true)).toBe(true);
    expect(await consent.isGiven(SERVER, false)).toBe(true);
    expect(asked).toHaveLength(3);
  });

  test('is not needed for a server on this machine', async () => {
    expect(await open().isGiven('http://localhost:11434', false)).toBe(true);
    expect(asked).toEqual([]);
  });

  test('is asked for again after all was forgotten, and when what is kept was damaged', async () => {
    await open().isGiven(SERVER, false);
    await open().forget();
    await open().isGiven(SERVER, false);
    kept.set('modelOrigins', 'all');
    await open().isGiven(SERVER, false);
    expect(asked).toHaveLength(3);
  });
});

test.each([
  ['http://localhost:11434', true],
  ['http://127.0.0.1', true],
  ['http://127.9.8.7:1', true],
  ['http://[::1]:8080', true],
  ['http://model.localhost', true],
  ['https://localhost.example', false],
  ['http://127.0.0.1.example', false],
  ['http://0.0.0.0', false],
  ['http://192.168.0.2', false],
  ['http://[fe80::1]', false],
  ['https://example.org', false],
])('%s is on this machine: %s', (origin, expected) => {
  expect(isOnThisMachine(origin)).toBe(expected);
});
