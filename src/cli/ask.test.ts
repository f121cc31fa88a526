import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memorySink, runInMemory, type CliRun } from '../../test/fakes/cliEnvironment.ts';
import { scriptedSearchers } from '../../test/fakes/scriptedSearcher.ts';
import type { CliEnvironment } from '#cli/environment.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-ask-')));
const cwd = join(base, 'project');

beforeAll(() => {
  for (const folder of ['project/src', 'project/.git', 'empty/.git/objects', 'empty/deep/er', 'binary', 'locked'])
    mkdirSync(join(base, folder), { recursive: true });
  writeFileSync(join(cwd, 'src/a.ts'), 'const upload = 1;\nconst two = 2;\n');
  writeFileSync(join(cwd, 'b.ts'), 'upload();\n');
  writeFileSync(join(base, 'empty/.git/objects/pack'), 'x');
  writeFileSync(join(base, 'binary/one.bin'), Buffer.from([1, 0, 2]));
  writeFileSync(join(base, 'binary/nothing'), '');
  chmodSync(join(base, 'locked'), 0o000);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const ask = (argv: readonly string[], given: Partial<CliEnvironment> = {}): Promise<CliRun> =>
  runInMemory(['ask', ...argv], { cwd, ...given });

describe('an answer', () => {
  it('goes to standard output, and nothing to a standard error that is no terminal', async () => {
    const run = await ask(['where is upload']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout.split('\n')[0]).toBe('It is in b.ts [1].');
    expect(run.stdout).toContain('[2] src/a.ts:1-2');
  });

  it('is one JSON object with --json', async () => {
    const run = await ask(['where is upload', '--json']);
    const answer = JSON.parse(run.stdout);
    expect(Object.keys(answer).sort()).toEqual(
      [
        'answer',
        'citations',
        'confidence',
        'files',
        'found',
        'notes',
        'question',
        'sentences',
        'stopReason',
        'sure',
        'timings',
        'trail',
      ].sort(),
    );
    expect(answer).toMatchObject({
      question: 'where is upload',
      answer: 'It is in b.ts [1].',
      files: ['b.ts', 'src/a.ts'],
    });
    expect(answer.citations[0]).toMatchObject({ path: 'b.ts', start: 1, end: 1, score: 1, why: ['matches "upload"'] });
  });

  it('ends by 3 when nothing fits, in both forms', async () => {
    expect(await ask(['where is zebra'])).toMatchObject({ code: 3, stderr: '' });
    expect(await ask(['where is zebra', '--json'])).toMatchObject({ code: 3, stderr: '' });
  });

  it('is asked with the options of the command line', async () => {
    const opened: unknown[] = [];
    const createSearcher: CliEnvironment['createSearcher'] = async (options) => {
      const searcher = await scriptedSearchers()(options);
      opened.push(options);
      return { ...searcher, ask: (question, asked) => (opened.push(asked), searcher.ask(question)) };
    };
    const argv = [
      'upload',
      '--workspace',
      '.',
      '--workspace',
      '../binary',
      '--turns',
      '2',
      '--no-docs',
      '--no-history',
    ];
    await ask([...argv, '--seed', '7', '--policy', 'uniform'], { createSearcher, env: { SPOOR_RG: '/opt/rg' } });
    const [searcher, asked] = opened;
    expect(searcher).toEqual({ directories: [cwd, join(base, 'binary')], docs: false, history: false, rg: '/opt/rg' });
    expect(asked).toMatchObject({ policy: 'uniform', turns: 2, seed: 7 });
  });

  it('closes the searcher, also after a failure', async () => {
    const log: string[] = [];
    await ask(['upload'], { createSearcher: scriptedSearchers(log) });
    const broken = scriptedSearchers(log, () => {
      throw new Error('boom');
    });
    const run = await ask(['upload'], { createSearcher: broken });
    expect(log).toEqual(['open 1', 'ask upload', 'close', 'open 1', 'ask upload', 'close']);
    expect(run.stderr).toBe(
      'spoor: boom\nspoor: This is a fault of spoor. With SPOOR_DEBUG=1 it prints where it happened.\n',
    );
    expect(run.code).toBe(1);
  });
});

describe('a terminal', () => {
  const onTerminal = async (env: Record<string, string>): Promise<CliRun> => {
    const [stdout, stderr] = [memorySink({ isTTY: true, columns: 80 }), memorySink({ isTTY: true, columns: 60 })];
    return ask(['where is upload'], { stdout, stderr, env });
  };

  it('shows the trail live, with colours and a spinner that is gone at the end', async () => {
    const { stdout, stderr } = await onTerminal({});
    expect(stderr).toContain('\x1b[2m  1  grep     upload');
    expect(stderr).toContain('⠋ opening the workspace');
    expect(stderr.endsWith('\r\x1b[K')).toBe(true);
    expect(stdout).toMatch(/Searched 2 turns · 1 search · 2 reads · 0.21 s\n$/);
    expect(stdout).not.toContain('\x1b');
    for (const line of stderr.split(/\r\x1b\[K|\n/)) expect(line.replaceAll(/\x1b\[\d+m/g, '').length).toBeLessThan(60);
  });

  it('shows no colours with NO_COLOR', async () => {
    const { stderr } = await onTerminal({ NO_COLOR: '1' });
    expect(stderr).toContain('  1  grep     upload');
    expect(stderr).not.toMatch(/\x1b\[\d*m/);
  });

  it('gets plain lines where it can do no more', async () => {
    const { stderr } = await onTerminal({ TERM: 'dumb' });
    expect(stderr.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' '))).toEqual([
      ' 1 grep upload 2 hits 12 ms',
      ' 2 read b.ts:1-1 lines 1–1 1 ms',
      ' read src/a.ts:1-2 lines 1–2 1 ms',
      '',
    ]);
  });

  it('shows the whole trail in the answer when only the answer is on it', async () => {
    const run = await ask(['where is upload'], { stdout: memorySink({ isTTY: true, columns: 80 }) });
    expect(run.stdout).toContain('  1  grep     upload');
    expect(run.stderr).toBe('');
  });
});

describe('a workspace that cannot be searched', () => {
  const cases: readonly [name: string, folder: string, message: string][] = [
    ['is missing', 'nowhere', `There is no folder ${join(base, 'nowhere')}. Check the path.`],
    ['is a file', 'project/b.ts', `${join(base, 'project/b.ts')} is a file. Name the folder that holds it.`],
    ['is empty', 'empty', `There are no files in ${join(base, 'empty')}. Choose another folder by --workspace DIR.`],
  ];
  it.each(cases)('%s', async (_, folder, message) => {
    const run = await ask(['x', '--workspace', join(base, folder)]);
    expect(run).toEqual({ code: 1, stdout: '', stderr: `spoor: ${message}\n` });
  });

  it('may not be read', async () => {
    const isRoot = process.getuid?.() === 0;
    if (process.platform === 'win32') return;
    if (isRoot) chmodSync(base, 0o755);
    if (isRoot) process.seteuid!(65_534);
    try {
      const run = await ask(['x', '--workspace', '../locked']);
      expect(run.stderr).toBe(
        `spoor: No permission to read ${join(base, 'locked')}. Choose a folder that you may read.\n`,
      );
      expect(run.code).toBe(1);
    } finally {
      if (isRoot) process.seteuid!(0);
    }
  });

  it('holds only binary files, which a note says', async () => {
    const run = await ask(['where is upload', '--workspace', '../binary']);
    expect(run.stdout).toContain('Note: All files of the workspace are binary; there is no text to search.');
    expect(run.code).toBe(3);
    const other = await ask(['where is zebra']);
    expect(other.stdout).not.toContain('binary');
  });

  it.each([
    ['grep', 'missing', 'not-found'],
    ['docs', 'failed', 'failed'],
  ] as const)('cannot be searched because %s is %s: what was said is the error', async (tool, failure, stopReason) => {
    const said = 'ripgrep is missing. Install it, or reinstall spoor.';
    const calls = [0, 1].map((ms) => ({ tool, what: ['x'], said, failure, ms }));
    const createSearcher = scriptedSearchers([], (answer) => {
      return { ...answer, found: false, stopReason, trail: [{ turn: 1, ms: 0, calls }] };
    });
    expect(await ask(['where is x'], { createSearcher })).toEqual({ code: 1, stdout: '', stderr: `spoor: ${said}\n` });
  });
});
