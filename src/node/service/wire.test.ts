import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFromService, parseToService } from '#node/service/wire.ts';

const settings = {
  folders: ['/a'],
  storage: '/s',
  docsFolders: [],
  docs: true,
  history: true,
  policy: 'learned',
  turns: 4,
  runtime: 'auto',
};
const ask = { question: 'where?', scope: [], earlier: [] };
const place = { path: 'a.ts', start: 1, end: 1, lines: ['x'] };

test.each([
  { kind: 'settings', settings },
  { kind: 'settings', settings: { ...settings, rg: '/rg', appRoot: '/code' } },
  { kind: 'cancel', id: 3 },
  { kind: 'call', id: 1, method: 'ask', args: [ask] },
  { kind: 'call', id: 1, method: 'ask', args: [{ ...ask, selection: { path: 'a', start: 1, end: 2, text: 'x' } }] },
  { kind: 'call', id: 1, method: 'locate', args: [[place]] },
  { kind: 'call', id: 1, method: 'docs', args: ['pause'] },
  { kind: 'call', id: 1, method: 'examples', args: [] },
])('the process takes %j', (message) => expect(parseToService(message)).toBe(message));

test.each([
  undefined,
  null,
  'cancel',
  [],
  {},
  { kind: 'settings', settings: { ...settings, folders: 'all' } },
  { kind: 'settings', settings: { ...settings, runtime: 'gpu' } },
  { kind: 'cancel' },
  { kind: 'cancel', id: -1 },
  { kind: 'call', id: 1, method: 'constructor', args: [] },
  { kind: 'call', id: 1, method: 'eval', args: ['1'] },
  { kind: 'call', id: '1', method: 'examples', args: [] },
  { kind: 'call', id: 1, method: 'examples', args: ['one too many'] },
  { kind: 'call', id: 1, method: 'ask', args: [{ ...ask, scope: [1] }] },
  { kind: 'call', id: 1, method: 'locate', args: [place] },
  { kind: 'call', id: 1, method: 'docs', args: ['burn'] },
])('the process does not take %j', (message) => expect(parseToService(message)).toBeUndefined());

const status = { filesIndexed: 1, sectionsIndexed: 1, complete: true, made: true, leftOut: [], paused: false };

test.each([
  { kind: 'reply', id: 1, value: undefined },
  { kind: 'event', id: 1, event: { type: 'stopped' } },
  { kind: 'failure', id: 1, error: { kind: 'question', message: 'Ask.' } },
  { kind: 'notice', event: { type: 'docs', status } },
])('the editor takes %j', (message) => expect(parseFromService(message)).toBe(message));

test.each([
  undefined,
  { kind: 'reply' },
  { kind: 'event', id: 1 },
  { kind: 'failure', id: 1, error: { kind: 'other', message: 'x' } },
  { kind: 'failure', id: 1, error: new Error('x').message },
  { kind: 'notice', event: { type: 'docs' } },
  { kind: 'notice', event: { type: 'news', status } },
])('the editor does not take %j', (message) => expect(parseFromService(message)).toBeUndefined());

test('anything can be said without harm', () => {
  fc.assert(
    fc.property(fc.anything(), (said) => {
      for (const parse of [parseToService, parseFromService]) expect([said, undefined]).toContain(parse(said));
    }),
    { seed: 5, numRuns: 500 },
  );
});
