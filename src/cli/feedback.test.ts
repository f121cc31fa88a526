import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runInMemory, type CliRun } from '../../test/fakes/cliEnvironment.ts';

const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-feedback-cli-')));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const feedback = (...argv: readonly string[]): Promise<CliRun> => runInMemory(['feedback', ...argv], { cwd });
const write = (name: string, lines: readonly (object | string)[]): void =>
  writeFileSync(
    join(cwd, name),
    lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
  );
const linesOf = (name: string): Record<string, unknown>[] =>
  readFileSync(join(cwd, name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const answered = (id: string, question = `where is ${id} kept?`): object => ({
  ...{ version: 1, id, timeMs: 1_000, type: 'answered', question, searchedFor: question, scope: [] },
  folders: [{ name: '' }],
  policy: { name: 'learned', digest: '' },
  steps: [
    {
      ...{ action: { kind: 'cite', span: { path: `src/${id}.ts`, start: 1, end: 1 }, candidate: 0 } },
      ...{ logProb: -0.5, legal: 3 },
    },
  ],
  citations: [{ path: `src/${id}.ts`, start: 1, end: 1, lines: [`const ${id} = 1;`] }],
  ...{ found: true, confidence: 0.5 },
});
const verdict = (id: string, given: string, timeMs = 2_000): object => ({
  ...{ version: 1, id, timeMs, type: 'verdict', verdict: given },
});

describe('spoor feedback check', () => {
  it('says what could be learned from files, and which lines are bad', async () => {
    write('ann.jsonl', [answered('retry'), verdict('retry', 'accepted'), '{"version":1,"id":"cut', answered('queue')]);
    write('bob.jsonl', [
      answered('cache'),
      verdict('cache', 'rejected'),
      answered('retry'),
      verdict('retry', 'accepted'),
    ]);
    const run = await feedback('check', 'ann.jsonl', 'bob.jsonl');
    expect(run.stdout).toBe(`ann.jsonl: 3 lines of feedback, 1 line cannot be read.
  Line 3: This line is not whole JSON.
bob.jsonl: 4 lines of feedback.
3 answers:
  1 with right places: learned from
  1 rejected without a right place: made less likely, a little
  1 that nobody has judged: not learned from
Left out:
  answers that are there already: 1
`);
    expect(run.code).toBe(1);
    expect((await feedback('check', 'bob.jsonl')).code).toBe(0);
  });

  it('says what is learned in a workspace as it is now', async () => {
    mkdirSync(join(cwd, 'shop/src'), { recursive: true });
    writeFileSync(join(cwd, 'shop/src/retry.ts'), '// Moved down.\nconst retry = 1;\n');
    const accepted = ['retry', 'gone'].flatMap((id) => [answered(id), verdict(id, 'accepted')]);
    const rejected = [answered('queue'), { ...answered('lock'), steps: [] }];
    write('shop.jsonl', [...accepted, ...rejected, verdict('queue', 'rejected'), verdict('lock', 'rejected')]);
    const { stdout } = await feedback('check', 'shop.jsonl', '--workspace', 'shop');
    expect(stdout).toContain(`In this workspace: 1 answer to learn from, 0 newer ones to check with, 1 rejected.
Not learned from:
  answers whose lines are not there any more: 1
  places whose lines are not there any more: 1
  rejected answers for which no place was chosen: 1
`);
    expect(stdout).toContain('1 rejected, but without a choice of places: not learned from');
    expect(stdout).toMatch(/There is 1 question, too few to learn from .*Accept or correct 15 more answers/);
  });

  it('shows nothing of a hostile line as it is', async () => {
    write('hostile.jsonl', [{ version: 1, id: 'x', timeMs: 1, type: '\x1b]0;owned\x07' }]);
    const run = await feedback('check', 'hostile.jsonl');
    expect(run.stdout).toContain('Line 1: ');
    expect(run.stdout).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  });

  it('says when there is nothing', async () => {
    write('empty.jsonl', []);
    expect(await feedback('check', 'empty.jsonl')).toMatchObject({
      code: 0,
      stdout: 'empty.jsonl: 0 lines of feedback.\n0 answers.\n',
    });
  });
});

describe('spoor feedback merge', () => {
  it('writes each answer once, with the latest word on it, whatever the order of the files', async () => {
    write('old.jsonl', [answered('retry'), verdict('retry', 'rejected')]);
    write('new.jsonl', [answered('retry'), verdict('retry', 'rejected'), verdict('retry', 'accepted', 3_000)]);
    for (const files of [
      ['old.jsonl', 'new.jsonl'],
      ['new.jsonl', 'old.jsonl'],
    ]) {
      const run = await feedback('merge', ...files, '--out', 'merged/all.jsonl');
      expect(run.stdout).toContain('1 answer in 3 lines: merged/all.jsonl\n');
      expect(linesOf('merged/all.jsonl').map((line) => line['verdict'])).toEqual([undefined, 'rejected', 'accepted']);
    }
  });

  it('leaves out names from what was asked, not from paths', async () => {
    write('names.jsonl', [
      answered('one', 'where does acmeBilling send the invoice of ACME?'),
      verdict('one', 'accepted'),
    ]);
    const run = await feedback('merge', 'names.jsonl', '--out', 'clean.jsonl', '--leave-out', 'acme*');
    expect(run.code).toBe(0);
    const [line] = linesOf('clean.jsonl');
    expect(line).toMatchObject({
      question: 'where does … send the invoice of …?',
      searchedFor: expect.not.stringMatching(/acme/i),
    });
    expect(line).toMatchObject({ citations: [{ path: 'src/one.ts' }] });
  });

  it('passes over bad lines and says so', async () => {
    write('bad.jsonl', ['nonsense', answered('retry')]);
    const run = await feedback('merge', 'bad.jsonl', '--out', 'good.jsonl');
    expect(run.stderr).toContain('bad.jsonl: 1 line of feedback, 1 line cannot be read.\n  Line 1: ');
    expect(linesOf('good.jsonl')).toHaveLength(1);
    expect(run.code).toBe(0);
  });

  it.each([
    [[], 'does one of two things'],
    [['chekc', 'a.jsonl'], 'spoor feedback has no "chekc". Did you mean check?'],
    [['check'], 'spoor feedback check takes files of feedback'],
    [['merge', 'none.jsonl'], 'needs --out FILE'],
    [['check', 'none.jsonl', '--out', 'x'], '--out is for spoor feedback merge'],
    [['merge', 'none.jsonl', '--out', 'x', '--workspace', '.'], '--workspace is for spoor feedback check'],
    [['merge', 'none.jsonl', '--out', 'x'], 'none.jsonl cannot be read: ENOENT'],
  ])('refuses %j', async (argv, sentence) => {
    const run = await feedback(...argv);
    expect(run.stderr).toContain(sentence);
    expect(run.stderr).not.toContain('fault of spoor');
    expect(run.code).toBeGreaterThan(0);
    expect(existsSync(join(cwd, 'x'))).toBe(false);
  });
});
