import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFollowUp, searchText } from '#core/search/followUp.ts';
import { parseQuestion } from '#core/search/question.ts';

const RETRY = 'Where do we retry failed uploads?';

describe('a follow-up', () => {
  const topics: readonly [question: string, earlier: readonly string[], topic: readonly string[]][] = [
    ['and where is it tested?', [RETRY], [RETRY]],
    ['And is it documented?', [RETRY], [RETRY]],
    ['why?', [RETRY], [RETRY]],
    ['Who calls it?', ['Where is withBackoff defined?'], ['Where is withBackoff defined?']],
    ['show me the tests', [RETRY], [RETRY]],
    ['where is that documented?', [RETRY], [RETRY]],
    ['How often does it retry?', ['How does the upload queue work?'], ['How does the upload queue work?']],
    ['What happens if it fails?', ['How are parts put together?'], ['How are parts put together?']],
    ['what about downloads?', [RETRY], [RETRY]],
    ['And the timeout?', ['Where is the HTTP client configured?'], ['Where is the HTTP client configured?']],
    ['when was this changed?', [RETRY], [RETRY]],
    ['Where are they read?', ['Which settings has the server?'], ['Which settings has the server?']],
    ['and in the docs?', [RETRY], [RETRY]],
    ['Does that handle a full disk?', ['Where is the spool written?'], ['Where is the spool written?']],
    ['and does it call withBackoff?', ['How does the queue send?'], ['How does the queue send?']],
    ['How is the same done for downloads?', [RETRY], [RETRY]],
    ['Where is it configured, and what is the default?', [RETRY], [RETRY]],
    // The topic is said two questions before.
    ['and who wrote it?', [RETRY, 'and where is it tested?'], [RETRY]],
    // What the earlier question asked of the topic is not asked again.
    ['and where is it defined?', ['Where is the upload tested?'], ['Where is the upload ?']],
    ['and where is it defined?', ['Show unit tests for the bucket'], ['Show the bucket']],
  ];
  test.each(topics)('%s', (question, earlier, topic) => {
    expect(searchText({ question, earlier })).toBe([question, ...topic].join('\n'));
  });

  test('asks for tests only where it does itself', () => {
    const earlier = ['Where is the upload tested?'];
    expect(parseQuestion(searchText({ question: 'and where is it defined?', earlier })).asksTests).toBe(false);
    expect(parseQuestion(searchText({ question: 'and where is it tested?', earlier: [RETRY] })).asksTests).toBe(true);
  });

  test('weighs what is asked now more than the topic', () => {
    const { terms } = parseQuestion(searchText({ question: 'and how is it logged?', earlier: [RETRY] }));
    const weights = new Map(terms.map(({ term, weight }) => [term.key, weight]));
    expect(weights.get('log')).toBeGreaterThan(weights.get('upload')!);
    expect([...weights.keys()]).toEqual(expect.arrayContaining(['retri', 'fail', 'upload']));
  });

  test('without an earlier question is searched for as it is', () => {
    expect(searchText({ question: ' and where is it tested? ' })).toBe('and where is it tested?');
  });
});

describe('a question that stands on its own is left alone', () => {
  test.each([
    'Where is the session cookie signed?',
    'And where is the session cookie signed?',
    'How does express parse the query string?',
    'Where is withBackoff used?',
    'who calls it in src/net/retry.ts?',
    'What does this repository do when a socket closes?',
    'Where is it decided which port the server listens on?',
    'Is it possible to change the log format?',
    'Is there a function that parses headers?',
    'Where is the code that reads the config file of the agent?',
    'How are the tests of the router organised?',
    'Then which middleware sees the request first?',
    'What makes it safe to stop the queue at any moment while files are sent?',
    'Which file holds the plugin loader?',
    'Where do we retry failed uploads?',
    'one of the workers hangs after a restart of the broker',
  ])('%s', (question) => {
    expect(searchText({ question, earlier: ['Where are parts hashed before the upload?'] })).toBe(question);
  });
});

describe('a question about selected code', () => {
  const path = 'src/upload/queue.ts';
  test('is searched for with what the code defines, then with its names', () => {
    const code = 'export async function sendPart(file: File) {\n  return withBackoff(() => bucket.putPart(file));\n}\n';
    expect(searchText({ question: 'where is this used?', selection: { path, text: code } })).toBe(
      'where is this used?\nsendPart withBackoff putPart',
    );
  });

  test('takes a selected word as it is', () => {
    expect(searchText({ question: 'what is this?', selection: { path, text: 'jitter' } })).toBe(
      'what is this?\njitter',
    );
  });

  test('does not take up an earlier topic, unless it goes on', () => {
    const given = { earlier: [RETRY], selection: { path, text: 'jitter' } };
    expect(searchText({ question: 'where is it set?', ...given })).toBe('where is it set?\njitter');
    expect(searchText({ question: 'and where is it set?', ...given })).toBe(`and where is it set?\njitter\n${RETRY}`);
  });

  test('has few names, however much was selected', () => {
    const text = Array.from({ length: 2_000 }, (_, i) => `callNumber${i}of(someThing${i});`).join('\n');
    const [question, names, ...rest] = searchText({ question: 'explain', selection: { path, text } }).split('\n');
    expect([question, rest]).toEqual(['explain', []]);
    expect(names!.split(' ')).toHaveLength(12);
  });

  test('without a name in it is searched for as it is', () => {
    expect(searchText({ question: 'what is this?', selection: { path, text: '});\n}\n' } })).toBe('what is this?');
  });
});

test('any texts are joined without a crash, in bounds, the question first', () => {
  const text = fc.string({ unit: 'binary', maxLength: 300 });
  fc.assert(
    fc.property(text, fc.array(text, { maxLength: 6 }), text, (question, earlier, code) => {
      const joined = searchText({ question, earlier, selection: { path: 'a.ts', text: code } });
      expect(joined.startsWith(question.trim())).toBe(true);
      expect(joined.length).toBeLessThan(question.length + 4_000 + 3 * 501);
      expect(typeof isFollowUp(question)).toBe('boolean');
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('a question of a megabyte is looked at quickly', () => {
  const started = performance.now();
  searchText({ question: `and ${'it is '.repeat(200_000)}`, earlier: ['a '.repeat(500_000)] });
  expect(performance.now() - started).toBeLessThan(2_000);
});
