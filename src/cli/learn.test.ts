/** `spoor train` on feedback and history: what the command line makes of a run, whose end is given. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { LearningReport } from '#core/learning/learningReport.ts';
import type { CliEnvironment } from '#cli/environment.ts';
import type { LearningPlan, RunLearning } from '#node/learning/learningPlan.ts';
import { openPolicy } from '#node/policy/policies.ts';
import { runLearning } from '#node/learning/learningRun.ts';
import { runGit } from '../../test/fakes/gitRepository.ts';
import { makeLearningWorkspace } from '../../test/fakes/learningWorkspace.ts';
import { memorySink, runInMemory, type CliRun } from '../../test/fakes/cliEnvironment.ts';
import { scriptedLearning } from '../../test/fakes/scriptedLearning.ts';

const program = fileURLToPath(new URL('../../test/fakes/slowCli.ts', import.meta.url));
const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-learn-')));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let cwd = '';
let count = 0;
beforeEach(() => {
  cwd = join(base, String(count++));
  mkdirSync(join(cwd, 'shop'), { recursive: true });
  for (const name of ['a.jsonl', 'b.jsonl', 'model.onnx']) writeFileSync(join(cwd, name), '');
});

const train = (argv: readonly string[], given: Partial<CliEnvironment> = {}): Promise<CliRun> =>
  runInMemory(['train', ...argv], {
    cwd,
    env: { SPOOR_CACHE: join(cwd, 'cache') },
    runLearning: scriptedLearning(),
    ...given,
  });
const read = (file: string): string => readFileSync(join(cwd, file), 'utf8');
const runFolder = (): string => join('cache/learning', readdirSync(join(cwd, 'cache/learning'))[0]!);

/** A run that ends at once and keeps the plan that it was given. */
function planning(): { readonly plans: LearningPlan[]; readonly runLearning: RunLearning } {
  const plans: LearningPlan[] = [];
  const runLearning: RunLearning = (plan, controls) => {
    plans.push(plan);
    return scriptedLearning()(plan, controls);
  };
  return { plans, runLearning };
}

describe('spoor train, learning from use', () => {
  it('writes the policy and the reports when the gate says so', async () => {
    const argv = ['--feedback', 'a.jsonl', '--history', '--workspace', 'shop', '--out', 'out/shop.onnx'];
    const run = await train([...argv, '--report', 'out/report.html', '--report', 'out/report.json']);
    expect(run.stdout).toBe(`The new policy is better.
It finds more of what was asked for.

Learned from 21 answers, 1 rejected answer and 1,200 commits; checked with 37 questions kept aside and 300 that come with Spoor. Not learned from: 2.

Version 1 is kept: ${runFolder()}/policies/versions/0001/policy.onnx
Policy: out/shop.onnx
Report: out/report.html
Report: out/report.json
`);
    expect(run.code).toBe(0);
    expect(read('out/shop.onnx')).toBe('learned with seed 1');
    expect((JSON.parse(read('out/report.json')) as LearningReport).workspace).toBe('shop');
    expect(read('out/report.html')).toMatch(/^<!doctype html>/i);
    expect(readdirSync(join(cwd, runFolder()))).toEqual(['policies']);
  });

  it('says how it goes, a line at a time', async () => {
    const { stderr } = await train(['--history', '--workspace', 'shop']);
    expect(stderr).toBe(`gathering what to learn from
training · 0 of 3 · 3.0 s left
iteration 1 · reward 0.412 · recall 0.600 · KL 0.0031 · entropy 0.81 · searches 3.2
iteration 2 · reward 0.412 · recall 0.600 · KL 0.0031 · entropy 0.81 · searches 3.2
iteration 3 · reward 0.412 · recall 0.600 · KL 0.0031 · entropy 0.81 · searches 3.2
`);
  });

  it('shows one changing line on a terminal', async () => {
    const stderr = memorySink({ isTTY: true, columns: 80 });
    expect((await train(['--history', '--workspace', 'shop'], { stderr })).code).toBe(0);
    const drawn = stderr.written.filter((text) => text.startsWith('\r'));
    expect(drawn).toContainEqual(expect.stringMatching(/█{6}░{14} training · 1 of 3 · 2\.0 s left · reward 0\.412/));
    expect(Math.max(...drawn.map((text) => [...text.replace('\r\x1b[K', '')].length))).toBeLessThan(80);
    expect(stderr.written.at(-1)).toBe('\r\x1b[K');
  });

  it('leaves the policy that is there when the gate says no', async () => {
    writeFileSync(join(cwd, 'shop.onnx'), 'the old one');
    const reasons = ['It answers general questions worse, by 0.020.'];
    const runLearning = scriptedLearning({ isPromoted: false, reasons });
    const argv = ['--history', '--workspace', 'shop', '--out', 'shop.onnx'];
    const run = await train(argv, { runLearning });
    expect(run.stdout).toMatch(
      /^The new policy is not taken; the one in use stays\.\nIt answers general .*\n\nLearned/,
    );
    expect(run.stdout).not.toContain('Policy:');
    expect(run.code).toBe(4);
    expect(read('shop.onnx')).toBe('the old one');
    const forced = await train([...argv, '--promote', 'always'], { runLearning });
    expect(forced.stdout).toContain('\nPolicy, written because of --promote always: shop.onnx\n');
    expect(forced.code).toBe(0);
    expect(read('shop.onnx')).toBe('learned with seed 1');
  });

  it('says how much is missing', async () => {
    const sentence = 'There are 3 accepted answers; 5 more are needed.';
    const runLearning = scriptedLearning({ sentence, missing: 5 });
    const argv = ['--feedback', 'a.jsonl', '--workspace', 'shop', '--out', 'shop.onnx'];
    expect(await train(argv, { runLearning })).toMatchObject({ code: 4, stdout: `${sentence}\n` });
    const { stdout } = await train([...argv, '--json'], { runLearning });
    expect(JSON.parse(stdout)).toEqual({ result: 'too-little', missing: 5, sentence });
    expect(existsSync(join(cwd, 'shop.onnx'))).toBe(false);
  });

  it('prints one object for programs', async () => {
    const { stdout } = await train(['--history', '--workspace', 'shop', '--out', 'shop.onnx', '--json']);
    const said = JSON.parse(stdout) as Record<string, unknown>;
    expect(said).toMatchObject({ result: 'promoted', version: 1, missing: 0, out: join(cwd, 'shop.onnx') });
    expect(said['report']).toMatchObject({ workspace: 'shop' });
  });

  it('asks for what the options say', async () => {
    const { plans, runLearning } = planning();
    const argv = ['--feedback', 'a.jsonl', 'b.jsonl', '--workspace', 'shop', '--minutes', '2', '--seed', '7'];
    await train([...argv, '--processes', '3', '--start', 'model.onnx', '--storage', 'kept'], { runLearning });
    await train(['--history'], { runLearning, cwd: join(cwd, 'shop') });
    expect(plans[0]).toMatchObject({
      feedback: [join(cwd, 'a.jsonl'), join(cwd, 'b.jsonl')],
      folders: [join(cwd, 'shop')],
      ...{ history: false, minutes: 2, seed: 7, processes: 3 },
      ...{ start: join(cwd, 'model.onnx'), startName: 'model.onnx', storage: join(cwd, 'kept') },
    });
    expect(plans[1]).toMatchObject({ feedback: [], history: true, folders: [join(cwd, 'shop')], startName: 'shipped' });
    expect(plans[1]).not.toHaveProperty('start');
  });

  it('begins anew without --resume', async () => {
    const stopping = new AbortController();
    const stopAt = (last: number) => (step: number) => Promise.resolve(step === last ? stopping.abort() : undefined);
    const argv = ['--history', '--workspace', 'shop'];
    const stopped = await train(argv, { runLearning: scriptedLearning({}, stopAt(3)), signal: stopping.signal });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toMatch(
      /\nWhat was done is kept\. Go on with: spoor train --resume cache\/learning\/\w+\n$/,
    );
    expect((await train(argv)).stderr).toContain('\niteration 1 ');
  });

  it.skipIf(process.platform === 'win32')('ends at once by a signal and goes on as it was begun', async () => {
    const env = { ...process.env, SPOOR_CACHE: join(cwd, 'cache') };
    const argv = ['train', '--history', '--workspace', 'shop', '--out', 'shop.onnx', '--seed', '5'];
    const child = spawn(process.execPath, [program, ...argv], { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
    const closed = once(child, 'close');
    let said = '';
    for await (const chunk of child.stderr.setEncoding('utf8')) {
      if (!said.includes('\niteration 1 ') && `${said}${chunk}`.includes('\niteration 1 ')) child.kill('SIGINT');
      said += chunk;
    }
    expect(await closed).toEqual([130, null]);
    const [, folder] = /Go on with: spoor train --resume (\S+)\nspoor: stopped\.\n$/.exec(said)!;
    expect((await train(['--resume', folder!, '--seed', '6'])).stderr).toContain('a run goes on as it was begun');
    const resumed = await train(['--resume', folder!]);
    expect(resumed.stderr).not.toContain('iteration 1 ');
    expect(resumed.stderr).toContain('\niteration 3 ');
    expect(read('shop.onnx')).toBe('learned with seed 5');
    expect((await train(['--resume', folder!])).stderr).toContain('There is no training run in');
  });

  it('says where the version is when a file cannot be written', async () => {
    mkdirSync(join(cwd, 'shop.onnx'));
    const run = await train(['--history', '--workspace', 'shop', '--out', 'shop.onnx']);
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/shop\.onnx could not be written: .* The policy is .*0001\/policy\.onnx\.\n$/);
    expect(run.stderr).not.toContain('fault of spoor');
  });

  it.each([
    [[], 'needs --feedback FILE or --history'],
    [['--workspace', 'shop'], 'needs something to learn from'],
    [['--history', '--config', 'c.json'], '--history is for learning from use, --config for training from tasks'],
    [
      ['--set', 'clip=1', '--feedback', 'a.jsonl'],
      '--feedback is for learning from use, --set for training from tasks',
    ],
    [['--feedback', 'none.jsonl'], 'none.jsonl cannot be read: ENOENT'],
    [['--history', '--start', 'none.onnx'], 'none.onnx cannot be read: ENOENT'],
    [['--history', '--start', 'shop'], 'shop cannot be read: it is no file.'],
    [['--history', '--promote', 'never'], '--promote takes gate or always, not "never".'],
    [['--history', 'a.jsonl'], 'files of feedback behind --feedback'],
    [['--history', '--workspace', 'nowhere'], 'nowhere'],
    [['--history', '--minutes', '0'], '--minutes takes a whole number from 1'],
    [['--history', '--resume', 'nowhere'], '--history cannot be given here: there is no run that learns from use'],
    [['--history', '--out', 'a.jsonl/shop.onnx'], 'cannot be written to'],
  ])('refuses %j', async (argv, sentence) => {
    const run = await train(argv);
    expect(run.stderr).toContain(sentence);
    expect(run.stderr).not.toContain('fault of spoor');
    expect(run.code).toBeGreaterThan(0);
    expect(existsSync(join(cwd, 'cache'))).toBe(false);
  });
});

describe('spoor train with a real run', () => {
  it(
    'learns from merged feedback and the history, and hands out a policy that answers',
    { timeout: 180_000 },
    async () => {
      const shop = join(cwd, 'shop');
      makeLearningWorkspace(shop);
      const before = runGit(shop, ['status', '--porcelain', '--ignored']);
      const accepted = ['cart/discount', 'cart/total', 'orders/cancel', 'payment/card', 'mail/receipt', 'users/login'];
      writeFileSync(join(cwd, 'a.jsonl'), accepted.map((name, i) => acceptedAnswer(shop, name, i)).join(''));
      await runInMemory(['feedback', 'merge', 'a.jsonl', 'a.jsonl', '--out', 'all.jsonl'], { cwd });
      const settings = { iterations: 2, tasksPerIteration: 3, groupSize: 3, recordedEpisodes: 1 };
      const short: RunLearning = (plan, controls) => runLearning({ ...plan, historyTasks: 12, settings }, controls);
      const argv = [
        '--feedback',
        'all.jsonl',
        '--history',
        '--workspace',
        'shop',
        '--processes',
        '1',
        '--out',
        'shop.onnx',
      ];
      const kept = await train([...argv, '--report', 'report.html', '--report', 'report.json'], { runLearning: short });
      expect(kept).toMatchObject({ code: 4, stdout: expect.stringMatching(/^The new policy is not taken/) });
      expect(kept.stderr).toContain('\niteration 2 ');
      const report = JSON.parse(read('report.json')) as LearningReport;
      expect(report.learned.answers + report.held.answers).toBe(accepted.length);
      expect(report.held.frozen).toBeGreaterThan(100);
      expect(read('report.html')).toContain('<svg');
      expect(existsSync(join(cwd, 'shop.onnx'))).toBe(false);
      const forced = await train([...argv, '--promote', 'always'], { runLearning: short });
      expect(forced.code).toBe(0);
      await (await openPolicy(join(cwd, 'shop.onnx'))).close();
      expect(runGit(shop, ['status', '--porcelain', '--ignored'])).toBe(before);
    },
  );
});

/** As the editor writes it: the function of a file of the shop, found and accepted. */
function acceptedAnswer(shop: string, name: string, i: number): string {
  const path = `src/${name}.ts`;
  const lines = readFileSync(join(shop, path), 'utf8').split('\n');
  const start = lines.findIndex((line) => line.startsWith('export')) + 1;
  const question = `where is the ${name.replace('/', ' ')} worked out?`;
  const common = { version: 1, id: `answer-${i}`, timeMs: 1_790_000_000_000 + i };
  const events = [
    {
      ...common,
      ...{ type: 'answered', question, searchedFor: question, scope: [], folders: [{ name: '' }], found: true },
      ...{ policy: { name: 'learned', digest: '' }, steps: [], confidence: 0.5 },
      citations: [{ path, start, end: start + 2, lines: lines.slice(start - 1, start + 2) }],
    },
    { ...common, type: 'verdict', verdict: 'accepted' },
  ];
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}
