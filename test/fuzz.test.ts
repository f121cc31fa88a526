/**
 * The whole searcher over hostile workspaces: random bytes, names, ignore files, links, commits and questions. It must
 * end, throw nothing but a refusal of the question, cite only lines that are there and were read, and never show a
 * word of what lies outside of the workspace.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Answer } from '#core/answer/answer.ts';
import { citationProblems } from '#cli/citationCheck.ts';
import { runningChildren } from '#node/childProcesses.ts';
import { createSearcher, type Searcher } from '#node/searcher.ts';
import { runGit } from './fakes/gitRepository.ts';

const RUNS = 24;
/** Stands in files outside of the workspace only; the first is asked for, the second never. */
const CANARY = 'quokkaCanary';
const HIDDEN = 'numbatHidden';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-fuzz-')));
const outside = join(base, 'outside');
let runs = 0;
/** What the answers showed: a fuzz that finds nothing proves nothing. */
const seen = { cited: 0, commits: 0, sections: 0 };

beforeAll(() => {
  mkdirSync(join(outside, 'docs'), { recursive: true });
  const text = `# ${CANARY} ${HIDDEN}\n\nexport function ${CANARY}() { return '${HIDDEN} retry upload'; }\n`;
  for (const name of ['canary.ts', 'canary.md', 'docs/README.md']) writeFileSync(join(outside, name), text);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const WORDS = ['retry', 'upload', 'withBackoff', 'retries', 'größe', '文件', 'i', CANARY];
const OWN_WORDS = WORDS.filter((word) => word !== CANARY);
const SCRAPS = ['\n', '\r\n', '\r', ' ', '# ', '```', 'export function ', '() {', '}\n', '/** ', '"', '\u001b[31m'];

const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array));
const text = fc
  .array(fc.oneof(fc.constantFrom(...OWN_WORDS, ...SCRAPS), fc.string({ unit: 'binary', maxLength: 4 })), {
    maxLength: 80,
  })
  .map((scraps) => Buffer.from(scraps.join('')));
const plain = fc
  .array(fc.constantFrom(...OWN_WORDS, ...SCRAPS), { minLength: 5, maxLength: 80 })
  .map((scraps) => Buffer.from(scraps.join(' ')));
const utf16 = text.map((buffer) => Buffer.from(`\ufeff${buffer.toString()}`, 'utf16le'));
const longLine = fc.constantFrom(5_000, 300_000).map((length) => Buffer.from(`retry ${'x'.repeat(length)} upload`));
const content = fc.oneof({ weight: 6, arbitrary: plain }, { weight: 2, arbitrary: text }, bytes, utf16, longLine);

const ending = fc.constantFrom('.ts', '.py', '.md', '.json', '.test.ts', '.go', '', '.ipynb', '.rst');
const stem = fc.oneof(
  fc.constantFrom(
    'retry',
    'a\nb',
    "q'uote",
    'q"uote',
    '\u001b[31mred',
    '..a',
    '...',
    '.. ',
    '-rf',
    '$(x)',
    '%2e%2e',
    '*',
    ':1:',
  ),
  fc.constant('long'.repeat(60)),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }),
);
const plainName = fc.tuple(stem, ending).map((parts) => Buffer.from(parts.join('')));
const rawName = fc
  .tuple(fc.uint8Array({ minLength: 1, maxLength: 6 }), ending)
  .map(([raw, end]) => Buffer.concat([raw, Buffer.from(end)]));
const name = fc.oneof({ weight: 4, arbitrary: plainName }, rawName).map(withoutSeparators);

const rule = fc.oneof(
  fc.constantFrom('*', '*.ts', '!*', '/a', 'd/', '**', '[z-a', '{', '\\', '../*', '!../outside'),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const rules = fc.oneof(
  fc.array(rule, { maxLength: 4 }).map((some) => Buffer.from(some.join('\n'))),
  bytes,
);

const LINKS = [
  '../outside',
  '../outside/canary.ts',
  '../outside/canary.md',
  '../../outside/docs',
  '.',
  '..',
  'l0.md',
  '/dev/zero',
  '/dev/stdin',
  'pipe',
  '/',
  '/proc/self/environ',
  'nowhere',
];
const question = fc.oneof(
  fc
    .array(fc.constantFrom(...WORDS, 'where', 'docs/retry.md', '../outside/canary.ts', '/etc/passwd'), { maxLength: 6 })
    .map((words) => words.join(' ')),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 40 }).map((some) => `${some} retry `.repeat(200).slice(0, 10_240)),
);

const scene = fc.record({
  files: fc.array(fc.tuple(fc.constantFrom('', 'd', 'd/docs', 'test'), name, content), { minLength: 3, maxLength: 12 }),
  ignores: fc.dictionary(fc.constantFrom('.gitignore', '.ignore', '.spoorignore', 'd/.gitignore'), rules, {
    maxKeys: 2,
  }),
  links: fc.array(fc.tuple(fc.constantFrom(...LINKS), fc.constantFrom('', '.ts', '.md')), { maxLength: 4 }),
  pipe: fc.boolean(),
  commits: fc.array(fc.tuple(fc.oneof(bytes, text, plain), name), { maxLength: 4 }),
  questions: fc.array(question, { minLength: 2, maxLength: 2 }),
  policy: fc.constantFrom('hand', 'uniform'),
  seed: fc.nat(),
  ready: fc.boolean(),
});
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

test.skipIf(process.platform === 'win32')(
  'hostile workspaces are searched to the end and never left',
  async () => {
    await fc.assert(fc.asyncProperty(scene, holds), { seed: 42, numRuns: RUNS, endOnFailure: true });
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(RUNS / 4);
  },
  60_000,
);

async function holds(given: Scene): Promise<void> {
  const directory = join(base, `run-${runs++}`);
  lay(given, directory);
  const searcher = await createSearcher({ directories: [directory], storage: join(base, 'storage') });
  try {
    if (given.ready) await searcher.ready();
    for (const text of [...given.questions, `${CANARY} retry`]) {
      const answer = await ask(searcher, text, given);
      if (answer) check(answer, directory);
    }
  } finally {
    await searcher.close();
  }
  expect(runningChildren()).toBe(0);
  rmSync(directory, { recursive: true, force: true });
}

/** Undefined for a question that is refused. */
async function ask(searcher: Searcher, text: string, { policy, seed }: Scene): Promise<Answer | undefined> {
  try {
    return await searcher.ask(text, { policy: policy as 'hand' | 'uniform', seed });
  } catch (error) {
    if (error instanceof Error && error.name === 'QuestionError') return undefined;
    throw error;
  }
}

function check(answer: Answer, directory: string): void {
  expect(citationProblems(answer, directory)).toEqual([]);
  for (const { start, end, path } of answer.citations) {
    expect(start <= end && start >= 1).toBe(true);
    expect(path.startsWith('/') || path.split('/').includes('..')).toBe(false);
  }
  expect(answer.confidence >= 0 && answer.confidence <= 1).toBe(true);
  // The question comes back as it was asked, and the trail says what was asked for.
  const trail = answer.trail.flatMap(({ calls }) => calls.map(({ said, read }) => ({ said, read })));
  const shown = JSON.stringify({ ...answer, question: '', trail });
  for (const word of [CANARY, HIDDEN]) expect(shown).not.toContain(word);
  seen.cited += answer.citations.length;
  seen.commits += trail.filter(({ said }) => /^[1-9]\d* commit/.test(said)).length;
  seen.sections += trail.filter(({ said }) => /^[1-9]\d* section/.test(said)).length;
}

function lay({ files, ignores, links, pipe, commits }: Scene, directory: string): void {
  for (const folder of ['d/docs', 'test']) mkdirSync(join(directory, folder), { recursive: true });
  if (commits.length) commitAll(commits, directory);
  for (const [folder, own, bytesOfFile] of files)
    attempt(() => writeFileSync(pathOf(directory, folder, own), bytesOfFile));
  for (const [path, lines] of Object.entries(ignores)) writeFileSync(join(directory, path), lines);
  links.forEach(([target, end], i) => attempt(() => symlinkSync(target, join(directory, `l${i}${end}`))));
  if (pipe) execFileSync('mkfifo', [join(directory, 'pipe'), join(directory, 'd/docs/pipe.md')]);
}

const pathOf = (directory: string, folder: string, own: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${join(directory, folder)}/`), own]);

/** Names that the file system refuses are left out: too long, or taken by a folder. */
function attempt(action: () => void): void {
  try {
    action();
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toMatch(/^(ENAMETOOLONG|EISDIR|EINVAL|EILSEQ|ENOENT|EEXIST)$/);
  }
}

/** A name is one part of a path: no slash and no zero byte in it, and not one of the two that mean a folder. */
function withoutSeparators(raw: Buffer): Buffer {
  const own = Buffer.from(raw.map((byte) => (byte === 0 || byte === 47 ? 95 : byte)));
  return /^\.{0,2}$/.test(own.toString('latin1')) ? Buffer.from('dots') : own;
}

/** Commits with any bytes as their messages; git's own import takes them as they are. */
function commitAll(commits: Scene['commits'], directory: string): void {
  runGit(directory, ['-c', 'init.defaultBranch=main', 'init', '--quiet', '.']);
  const stream = commits.flatMap(([message, own], i) => [
    Buffer.from(
      `commit refs/heads/main\ncommitter A <a@example.org> ${1_700_000_000 + i} +0000\ndata ${message.length}\n`,
    ),
    message,
    Buffer.from(`\nM 100644 inline ${quoted(own)}\ndata 1\nx\n`),
  ]);
  const env = { ...process.env, GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1' };
  execFileSync('git', ['fast-import', '--quiet'], {
    cwd: directory,
    env,
    input: Buffer.concat(stream),
    stdio: ['pipe', 'ignore', 'pipe'],
  });
}

const quoted = (own: Buffer): string =>
  `"${[...own].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}"`;
