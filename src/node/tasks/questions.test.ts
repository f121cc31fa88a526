import { describe, expect, it } from 'vitest';
import { docQuestion } from './docQuestion.ts';
import { commitFault, wordsFault } from './messageFault.ts';
import { messageQuestion, withoutNumbers } from './messageQuestion.ts';
import { isSearchable, namesFile } from './questionFault.ts';
import { isChangelog, releaseNote } from './releaseNotes.ts';
import { testNameIn } from './testNames.ts';

/** Chance that keeps the prefix below .3, and takes the body below .5. */
const draws = (...numbers: readonly number[]) => {
  const left = [...numbers];
  return { next: () => left.shift()! };
};

describe('what asks nothing', () => {
  it.each([
    ['Revert "Add retries"', 'a revert'],
    ['Add retries again\n\nThis reverts commit 12345678.', 'a revert'],
    ['Merge branch main into next', 'a merge'],
    ['Merged in deadlines (pull request #1)', 'a merge'],
    ['Bump lodash from 4.17.20 to 4.17.21', 'a release or an update of versions'],
    ['chore(deps): update dependency esbuild to v0.19', 'a release or an update of versions'],
    ['v2.0.1', 'a release or an update of versions'],
    ['Release 3.1', 'a release or an update of versions'],
    ['Prepare for next development iteration', 'a release or an update of versions'],
    ['style: minor whitespace change', 'formatting, lint or typos'],
    ['Fix a few typos in comments', 'formatting, lint or typos'],
    ['http_proxy: fix typo in http_proxy.c', 'formatting, lint or typos'],
    ['cargo fmt', 'formatting, lint or typos'],
    ['Remove unused imports', 'formatting, lint or typos'],
    [':art: Fix lint errors', 'formatting, lint or typos'],
  ])('%s', (message, fault) => expect(commitFault(message)).toBe(fault));

  it.each([
    ['docs: explain retries', 'about documentation'],
    ['Improve the README', 'about documentation'],
    ['Document the retry option', 'about documentation'],
    ['ci: run on Windows', 'about tests, builds or upkeep'],
    ['Add tests for the retry option', 'about tests, builds or upkeep'],
    ['WIP', 'about tests, builds or upkeep'],
  ])('by its words: %s', (message, fault) => {
    expect(commitFault(message)).toBeUndefined();
    expect(wordsFault(message)).toBe(fault);
  });

  it.each([
    'Merge if statements with the same return value',
    'Format numbers in the summary by the locale',
    'Release the lock when the worker dies',
    'Undo the last commit by a key',
    'Add a version option to the client',
    'Retry failed uploads',
  ])('but not: %s', (message) => {
    expect(commitFault(message)).toBeUndefined();
    expect(wordsFault(message)).toBeUndefined();
  });
});

describe('a message as a question', () => {
  it.each([
    ['fix(upload): retry when the server is busy (#123)', 'Retry when the server is busy'],
    ['Fix #12: retry uploads', 'Retry uploads'],
    ['[LANG-1234] StringUtils loses the last part', 'StringUtils loses the last part'],
    [':bug: retry uploads', 'Retry uploads'],
    ['camelCase stays as it is', 'camelCase stays as it is'],
    [
      'Use the pointers instead of\nthe values, as they change\n\nBody.',
      'Use the pointers instead of the values, as they change',
    ],
    ['Retry uploads, see https://example.org/x and owner/name#7', 'Retry uploads, see'],
    ['Write .gitignore of a new project', 'Write .gitignore of a new project'],
  ])('%j', (message, question) => expect(messageQuestion(message, draws(0.9, 0.9))).toBe(question));

  it('keeps its prefix and takes the first paragraph by chance', () => {
    const message = [
      'feat: add retries (closes #4)',
      '',
      'A busy server lost\nfiles until now.',
      '',
      'Second paragraph.',
      '',
      'Signed-off-by: A <a@example.org>',
    ].join('\n');
    expect(messageQuestion(message, draws(0.1, 0.9))).toBe('feat: add retries');
    expect(messageQuestion(message, draws(0.9, 0.1))).toBe('Add retries\nA busy server lost files until now.');
  });

  it.each(['\n\nSigned-off-by: A <a@example.org>', '\n\n* one\n* two', '\n\nFixes: #12', '\n\nReviewed-by: somebody'])(
    'has no body of %j',
    (body) => expect(messageQuestion(`Add retries${body}`, draws(0.9, 0.1))).toBe('Add retries'),
  );

  it('is plain text without control characters', () => {
    expect(messageQuestion('Add\u0007 re\u202etries\u001b[31m now', draws(0.9, 0.9))).toBe('Add re tries [31m now');
  });

  it('takes no long time for any message', () => {
    for (const piece of ['(fix #', 'fix #', '#1 ', '[', '- ', 'a/b#', 'Add (and and ', '      ', 'A-1 ', '@a '])
      for (const text of [piece.repeat(4000), `x: ${piece.repeat(4000)}`, `T\n\n${piece.repeat(4000)}`]) {
        expect(messageQuestion(text, draws(0.9, 0.1)).length).toBeLessThan(1000);
        commitFault(text);
        wordsFault(text);
        releaseNote(text.split('\n'), true);
        docQuestion(text, 'name');
        testNameIn(text);
      }
  }, 10_000);

  it('takes little time for rows of signs that could be read in many ways', () => {
    // Were all ways tried, one of these would take longer than anybody lives.
    for (const unit of ['-a/b#', '--a/b#', '- #', '#1,', 'a/b#1', '&a.b/c-d#', ': '])
      expect(withoutNumbers(`Fix the parser (${unit.repeat(40)}`).length).toBeLessThan(400);
  });

  it('loses numbers, not words', () => {
    expect(withoutNumbers('Fix it (closes a/b#12, see a-b/c#1 and d/e#2)')).toBe('Fix it');
    expect(withoutNumbers('Keep UTF-8 (see #1, #2) and a list (of 12 parts) (GH-7)')).toBe(
      'Keep UTF-8 and a list (of 12 parts)',
    );
  });
});

describe('a question', () => {
  it('needs three terms', () => {
    expect(['fix it', 'retry the upload', 'retry failed uploads'].map(isSearchable)).toEqual([false, false, true]);
  });

  it.each([
    ['Fix Retry.ts for empty lists', true],
    ['Fix src/net/retry.ts', true],
    ['Crash in net/retry', true],
    ['net.retry ignores its limit', true],
    ['net::retry ignores its limit', true],
    ['Fix retry.tsx for empty lists', false],
    ['Retry in the net', false],
    ['myretry.ts is another', false],
    ['internet/retry is another', false],
  ])('that names a file: %s', (question, isNamed) =>
    expect(namesFile(question, ['other.ts', 'src/net/retry.ts'])).toBe(isNamed),
  );
});

describe('a release note', () => {
  it('is found in changelogs', () => {
    const paths = [
      'CHANGES.rst',
      'docs/changelog.md',
      'NEWS',
      'changelog_unreleased/js/1.md',
      'README.md',
      'src/history.ts',
    ];
    expect(paths.filter(isChangelog)).toEqual(paths.slice(0, 4));
  });

  it.each<[string[], boolean, string | undefined]>([
    [
      ['- Uploads are **retried** when', '  the server is busy. (#12)'],
      false,
      'Uploads are retried when the server is busy.',
    ],
    [
      ['* `Upload` waits longer, see [the docs](https://x.org). Thanks @somebody!'],
      false,
      '`Upload` waits longer, see the docs',
    ],
    [['* :issue:`5` Fix the :func:`~app.upload` of empty files'], false, 'Fix the `app.upload` of empty files'],
    [['#### Retry all failed uploads (#12 by @me)', '', '```js', 'upload()', '```'], true, 'Retry all failed uploads'],
    [['#### Retry failed uploads'], false, undefined],
    [['- Bump lodash from 1.0.0 to v2.0.0'], false, undefined],
    [['2.0.1', '====='], false, undefined],
    [Array.from({ length: 9 }, (_, i) => `- Change number ${i} of the parser`), false, undefined],
  ])('%j', (lines, isNew, note) => expect(releaseNote(lines, isNew)).toBe(note));
});

describe('the name of a test', () => {
  it.each<[string, string | undefined]>([
    ["  it('retries what the server didn\\'t take', async () => {", "retries what the server didn't take"],
    ['test.each([1])("not this", () => {', undefined],
    ['def test_retry_after_timeout(client):', 'retry after timeout'],
    ['func TestRetryHTTPRequest(t *testing.T) {', 'retry HTTP request'],
    ['    public void testSplitByCamelCase() {', 'split by camel case'],
    ['    fn keeps_the_last_part() {', 'keeps the last part'],
    ['TEST_CASE("parses empty arrays")', 'parses empty arrays'],
    ['  fun `closes the body twice`() {', 'closes the body twice'],
    ["  it('works', () => {", undefined],
    ['const it = 4;', undefined],
  ])('%s', (line, name) => expect(testNameIn(line)).toBe(name));
});

describe('a doc comment as a question', () => {
  it.each<[string, string, string | undefined]>([
    ['Upload sends a file to the server. It may fail.', 'Upload', 'sends a file to the server.'],
    ['Sends a <b>file</b> to\nthe {@link Server}.\n@param file what', 'upload', 'Sends a file to the Server.'],
    ['Calls sendAll for what is left over.', 'sendAll', undefined],
    ['Copyright 2024 somebody and others', 'upload', undefined],
    [`TO${'DO'}: say what this does`, 'upload', undefined],
    ['@param file what is to be sent', 'upload', undefined],
    ['Too short.', 'upload', undefined],
    ['const x = oldUpload(a, b, c);', 'upload', undefined],
  ])('%j of %s', (doc, name, question) => expect(docQuestion(doc, name)).toBe(question));
});
