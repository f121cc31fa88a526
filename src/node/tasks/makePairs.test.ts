import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gitInOrder, initRepository, type ScratchRepository } from '../../../test/fakes/scratchRepository.ts';
import { cutDocstring } from './definitionPairs.ts';
import { makePairs, type PairOptions } from './makePairs.ts';
import type { Made } from './makeTasks.ts';
import { formatPairLine, pairCode, type Pair, type PairSource } from './pair.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-pairs-')));
const directory = join(base, 'r');
afterAll(() => rmSync(base, { recursive: true, force: true }));
const git = { program: 'git', signal: new AbortController().signal };

async function run(options: Partial<PairOptions> = {}): Promise<{ pairs: Pair[]; made: Made<PairSource> }> {
  const pairs: Pair[] = [];
  const all = { perRepo: 1000, seed: 0, exclude: new Map(), ...options };
  const made = await makePairs(git, directory, 'o/n', all, (pair) => pairs.push(pair));
  if ('ok' in made) throw new Error(made.message);
  return { pairs, made };
}

const ofSource = (pairs: readonly Pair[], source: PairSource): Omit<Pair, 'repo' | 'source'>[] =>
  pairs.filter((pair) => pair.source === source).map(({ text, code, path }) => ({ text, code, path }));

const GO = `package a

// UploadFile sends a file to the server.
func UploadFile(f File) error {
	open(f)
	return send(f)
}
`;
const PYTHON = `class Client:
    def retry(self, limit):
        """Try failed uploads again.

        :param limit: how often
        """
        for _ in range(limit):
            self.upload_all()
`;
const GUIDE = `# Guide

## Sending files

Files are sent to the server by \`UploadFile()\`, which fails for large ones.

## Trying again

When the server is busy, see how \`lib/client.py\` tries failed uploads again.

## Configuration of clients

A client is configured by a small file in the home folder of its user.

\`\`\`toml
limit = 3
server = "https://example.org/upload"
\`\`\`
`;
const TEST = `describe('uploads', () => {
  it('retries what the server refused', async () => {
    const client = make();
    expect(await client.retry(3)).toBe(true);
  });
});
`;

let repository: ScratchRepository;
let limited: string;
beforeAll(() => {
  repository = initRepository(directory);
  repository.commit('Begin', { 'a.go': GO, 'lib/client.py': PYTHON, 'GUIDE.md': GUIDE, 'test/client.test.js': TEST });
  const lines = Array.from({ length: 60 }, (_, i) => `step(${i});\n`);
  repository.commit('Add uploading steps', { 'steps.js': lines.join('') });
  limited = repository.commit('Limit the size of uploads\n\nLarge ones made the server slow.', {
    'steps.js': lines.map((line, i) => (i === 30 ? 'limit();\n' : line)).join(''),
    'README.md': 'x\n',
  });
  repository.commit('docs: explain failed uploads', { 'steps.js': 'x();\n' });
});

describe('pairs of a repository', () => {
  it('are messages and changed lines as they are afterwards, with what stands around them', async () => {
    const { pairs } = await run();
    const commits = ofSource(pairs, 'commit');
    expect(commits.map(({ text }) => text.split('\n')[0])).toEqual(
      expect.arrayContaining(['Limit the size of uploads', 'Add uploading steps']),
    );
    expect(commits).toHaveLength(2);
    const { code, path } = commits.find(({ text }) => text.startsWith('Limit'))!;
    expect(path).toBe('steps.js');
    const expected = [...Array(21).keys()].map((i) => (i === 10 ? 'limit();' : `step(${i + 20});`));
    expect(code.split('\n')).toEqual(expected);
  });

  it('are doc comments and definitions without them', async () => {
    expect(ofSource((await run()).pairs, 'doc-comment').sort((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
      {
        text: 'sends a file to the server.',
        code: 'func UploadFile(f File) error {\n\topen(f)\n\treturn send(f)\n}',
        path: 'a.go',
      },
      {
        text: 'Try failed uploads again.',
        code: '    def retry(self, limit):\n        for _ in range(limit):\n            self.upload_all()',
        path: 'lib/client.py',
      },
    ]);
  });

  it('are sections of documentation and what they name or show', async () => {
    const docs = ofSource((await run()).pairs, 'docs');
    expect(
      Object.fromEntries(docs.map(({ text, code, path }) => [text.split('\n')[0], [path, code.split('\n')[0]]])),
    ).toEqual({
      'Sending files': ['a.go', 'func UploadFile(f File) error {'],
      'Trying again': ['lib/client.py', 'class Client:'],
      'Configuration of clients': ['GUIDE.md', 'limit = 3'],
    });
  });

  it('are names of tests and their bodies', async () => {
    expect(ofSource((await run()).pairs, 'test')).toEqual([
      {
        text: 'retries what the server refused',
        code: '    const client = make();\n    expect(await client.retry(3)).toBe(true);',
        path: 'test/client.test.js',
      },
    ]);
  });

  it('are counted, and the same for the same seed', async () => {
    const { pairs, made } = await run();
    expect(Object.fromEntries(made.bySource)).toEqual({ 'doc-comment': 2, docs: 3, test: 1, commit: 2 });
    expect(Object.fromEntries(made.drops)).toEqual({ 'no source changed': 1, 'about documentation': 1 });
    expect(made.commits).toBe(4);
    expect((await run()).pairs).toEqual(pairs);
    for (const pair of pairs) expect(JSON.parse(formatPairLine(pair))).toEqual(pair);
  });

  it('are no more than wanted, and leave out what is named', async () => {
    for (const perRepo of [1, 3, 5]) expect((await run({ perRepo })).pairs).toHaveLength(perRepo);
    const exclude = new Map([[40, new Set([limited])]]);
    expect(ofSource((await run({ exclude })).pairs, 'commit').map(({ text }) => text)).toEqual(['Add uploading steps']);
  });

  it('are read from the newest commit in the range', async () => {
    const { pairs } = await run({ commit: limited });
    expect(pairs.some(({ path, source }) => path === 'a.go' && source === 'doc-comment')).toBe(true);
    repository.commit('Remove all that uploads', { 'a.go': null });
    expect((await run({ commit: limited })).pairs).toEqual(pairs);
    expect((await run()).pairs.some(({ path }) => path === 'a.go')).toBe(false);
  });

  it('are made where contents are missing', async () => {
    const clone = join(base, 'partial');
    gitInOrder(directory, ['config', 'uploadpack.allowFilter', 'true']);
    gitInOrder(base, ['clone', '--quiet', '--bare', '--filter=blob:none', `file://${directory}`, clone]);
    const pairs: Pair[] = [];
    const options = { perRepo: 9, seed: 0, exclude: new Map() };
    const made = await makePairs(git, clone, 'o/n', options, (pair) => pairs.push(pair));
    expect(made).toMatchObject({ commits: 5 });
    expect(pairs).toEqual([]);
    if (!('ok' in made)) expect(made.drops.get('contents not in this clone')).toBe(2);
  });
});

describe('the code of a pair', () => {
  it('is bounded and whole', () => {
    expect(pairCode(['', '  ', '  a', '', ' b  ', ''])).toBe('  a\n\n b');
    expect(pairCode(Array(500).fill('x'.repeat(500))).length).toBeLessThanOrEqual(4_000);
    expect(pairCode(['😀'.repeat(200)]).isWellFormed()).toBe(true);
    expect(pairCode([' '])).toBe('');
  });

  it.each([
    [['def f():', '    "not long"', '    x']],
    [['def f():', '    x', '    """a string"""']],
    [['def f():', '    """never ends', '    x']],
    [['f = 3']],
  ])('keeps what is no docstring: %j', (lines) => expect(cutDocstring(lines)).toBeUndefined());
});
