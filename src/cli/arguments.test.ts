import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runInMemory, textInput } from '../../test/fakes/cliEnvironment.ts';
import { scriptedSearchers } from '../../test/fakes/scriptedSearcher.ts';

const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-arguments-')));
writeFileSync(join(cwd, 'a.ts'), 'const upload = 1;\n');
afterAll(() => rmSync(cwd, { recursive: true }));

const usageErrors: readonly [argv: string[], message: string][] = [
  [[], 'Name a command: spoor ask "QUESTION". "spoor --help" lists them.'],
  [['aks', 'x'], 'spoor has no command "aks". Did you mean ask?'],
  [['bach'], 'spoor has no command "bach". Did you mean batch?'],
  [['--versoin'], 'spoor has no command "--versoin". Did you mean --version?'],
  [
    ['frobnicate'],
    'spoor has no command "frobnicate". There are ask, batch, feedback, tasks, train, pretrain, serve, mcp and doctor.',
  ],
  [['where is it?'], 'To ask a question, put "ask" before it: spoor ask "where is it?"'],
  [['ask'], 'The question is empty. Write what you want to know in quotes, or "-" to read it from standard input.'],
  [
    ['ask', ' \t '],
    'The question is empty. Write what you want to know in quotes, or "-" to read it from standard input.',
  ],
  [['ask', 'x', '--jsn'], 'spoor ask has no option --jsn. Did you mean --json?'],
  [['ask', 'x', '--frobnicate'], 'spoor ask has no option --frobnicate. "spoor ask --help" lists its options.'],
  [['ask', 'x', '--limit', '3'], 'spoor ask has no option --limit. "spoor ask --help" lists its options.'],
  [
    ['ask', '-x'],
    'spoor ask has no option -x. "spoor ask --help" lists its options. For a question that begins with "-", write "--" before it.',
  ],
  [['ask', 'x', '--workspace'], '--workspace needs a value: --workspace DIR'],
  [['ask', 'x', '--workspace', '--json'], '--workspace needs a value: --workspace DIR'],
  [['ask', 'x', '--workspace='], '--workspace needs a value: --workspace DIR'],
  [['ask', 'x', '--json=yes'], '--json takes no value.'],
  [['ask', 'x', '--turns', '5'], '--turns takes a whole number from 1 to 4, not "5".'],
  [['ask', 'x', '--turns', 'two'], '--turns takes a whole number from 1 to 4, not "two".'],
  [['ask', 'x', '--turns', '1', '--turns', '2'], '--turns is given twice. Give it once.'],
  [['ask', 'x', '--seed=-1'], '--seed takes a whole number from 0 to 4294967295, not "-1".'],
  [['ask', 'x', '--policy', 'hnd'], 'There is no policy "hnd". Did you mean hand?'],
  [
    ['ask', 'x', '--policy', 'gpt'],
    'There is no policy "gpt". There are learned, hand, uniform and model files (.onnx).',
  ],
  [['ask', 'y'.repeat(10_001)], 'The question has more than 10,000 characters. Ask with its most telling part.'],
  [['batch'], 'spoor batch takes one file of questions: spoor batch QUESTIONS.jsonl …'],
  [['batch', 'q.jsonl'], 'spoor batch needs --repos DIR.'],
  [['batch', 'q.jsonl', '--repos', '.'], 'spoor batch needs --out FILE.'],
  [
    ['batch', 'q', '--repos', '.', '--out', 'r', '--limit', '0'],
    '--limit takes a whole number from 1 to 1000000000, not "0".',
  ],
];

describe('wrong usage', () => {
  it.each(usageErrors)('%j', async (argv, message) => {
    const run = await runInMemory(argv, { cwd });
    expect(run).toEqual({ code: 2, stdout: '', stderr: `spoor: ${message}\n` });
  });

  it('says so for a megabyte of standard input, without reading all of it', async () => {
    let given = 0;
    const megabyte = async function* () {
      for (; given < 1_000; given++) yield 'z'.repeat(1_000);
    };
    const run = await runInMemory(['ask', '-'], { cwd, stdin: megabyte() });
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('more than 10,000 characters') });
    expect(given).toBeLessThan(30);
  });

  it('shows no control characters of an argument', async () => {
    const run = await runInMemory(['\x1b]0;x\x07'], { cwd });
    expect(run.stderr).toBe(
      'spoor: spoor has no command "\\x1b]0;x\\x07". There are ask, batch, feedback, tasks, train, pretrain, serve, mcp and doctor.\n',
    );
  });
});

describe('help', () => {
  it('prints the version', async () => {
    expect(await runInMemory(['--version'])).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' });
  });

  it.each([['--help'], ['ask', '--help'], ['batch', '--help'], ['train', '--help'], ['feedback', '--help']])(
    '%s %s',
    async (...argv) => {
      const run = await runInMemory(argv.filter(Boolean));
      expect(run).toMatchObject({ code: 0, stderr: '' });
      expect(Math.max(...run.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
      const name = argv.filter((argument) => argument && argument !== '--help')[0] ?? 'program';
      await expect(run.stdout).toMatchFileSnapshot(`../../test/golden/cli/help-${name}.txt`);
    },
  );
});

describe('the question', () => {
  const asked = async (argv: readonly string[], input: readonly string[] = []): Promise<string[]> => {
    const log: string[] = [];
    await runInMemory(['ask', ...argv], { cwd, createSearcher: scriptedSearchers(log), stdin: textInput(...input) });
    return log.filter((entry) => entry.startsWith('ask '));
  };

  it('may be several words without quotes', async () =>
    expect(await asked(['where', 'is', 'upload', '--json'])).toEqual(['ask where is upload']));

  it('may begin with a minus after "--"', async () =>
    expect(await asked(['--', '--upload'])).toEqual(['ask --upload']));

  it('comes from standard input for "-"', async () =>
    expect(await asked(['-'], ['where is\n', 'upload\n'])).toEqual(['ask where is\nupload']));
});
