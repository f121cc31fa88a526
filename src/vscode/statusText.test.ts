import { expect, test } from 'vitest';
import { english } from '../../test/fakes/english.ts';
import { statusText } from './statusText.ts';

const indexed = { sections: 212, complete: true, paused: false };

test.each([
  [indexed, 'search', 'docs: 212 sections'],
  [{ ...indexed, sections: 1 }, 'search', 'docs: 1 section'],
  [{ ...indexed, sections: 0 }, 'search', 'docs: 0 sections'],
  [{ ...indexed, complete: false }, 'sync~spin', 'docs: indexing, 212 sections'],
  [{ ...indexed, complete: false, paused: true }, 'debug-pause', 'docs: paused at 212 sections'],
])('a docs index of %j is shown by %s and %s', (docs, icon, text) => {
  expect(statusText({ policy: 'shipped 1', model: '', docs }, english)).toEqual({ icon, text });
});

test('nothing is said of an index before it is looked at', () => {
  expect(statusText(undefined, english).text).toBe('starts when it is first used');
});
