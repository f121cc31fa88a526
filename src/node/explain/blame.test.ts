import { expect, test } from 'vitest';
import { chooseChange, parseBlame, type BlamedCommit } from '#node/explain/blame.ts';

const id = (sign: string): string => sign.repeat(40);

test('reads each commit once, newest first; lines of the file are no headers', () => {
  const output = [
    `${id('a')} 1 1 2`,
    'author Ann',
    'author-mail <a@x>',
    'committer-time 100',
    'summary First',
    'filename a.ts',
    `\t${id('c')} 9 9 1`,
    `${id('a')} 2 2`,
    '\tsummary fake',
    `${id('b')} 3 3 1`,
    'author renovate[bot]',
    'committer-time 200',
    'summary Second  part',
    'previous 123 a.ts',
    'filename a.ts',
    '\tx',
    '',
  ].join('\n');
  expect(parseBlame(output)).toEqual([
    { id: id('b'), subject: 'Second  part', author: 'renovate[bot]', timeS: 200 },
    { id: id('a'), subject: 'First', author: 'Ann', timeS: 100 },
  ]);
});

const commit = (subject: string, timeS: number, author = 'Ann'): BlamedCommit => ({
  id: id('a'),
  subject,
  author,
  timeS,
});

test.each<[what: string, commits: BlamedCommit[], expected: string | undefined]>([
  ['the newest', [commit('Add jitter', 9), commit('Retry uploads', 5)], 'Add jitter'],
  ['not what only formats', [commit('Run prettier', 9), commit('Retry uploads', 5)], 'Retry uploads'],
  ['not an update', [commit('Bump version to 3.0.0', 9), commit('Retry uploads', 5)], 'Retry uploads'],
  ['not a robot', [commit('Use new API', 9, 'renovate[bot]'), commit('Retry uploads', 5)], 'Retry uploads'],
  ['the newest if nothing near is better', [commit('Run prettier', 9), commit('Fix lint', 8)], 'Run prettier'],
  ['nothing of nothing', [], undefined],
])('chooses %s', (_, commits, expected) => expect(chooseChange(commits)?.subject).toBe(expected));
