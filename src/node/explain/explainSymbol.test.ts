import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Explanation } from '#core/answer/explanation.ts';
import type { Span } from '#core/search/span.ts';
import { runningChildren } from '#node/childProcesses.ts';
import { explainSymbol, type ExplainParts } from '#node/explain/explainSymbol.ts';
import { createSearcher, type WorkspaceSearcher } from '#node/searcher.ts';
import type { ExplainRequest } from '#node/service/searchService.ts';
import { makeParcelWorkspace } from '../../../test/fakes/parcelWorkspace.ts';
import { makeTree, removeTrees } from '../../../test/fakes/workspaceTree.ts';

const opened: WorkspaceSearcher[] = [];
const storage = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-explain-')));

async function open(
  directories: readonly string[],
  without: { docs?: boolean; history?: boolean } = {},
): Promise<ExplainParts> {
  const searcher = await createSearcher({ directories, storage });
  opened.push(searcher);
  await searcher.ready();
  return { workspace: searcher.workspace, tools: searcher.tools, docs: true, history: true, ...without };
}

afterAll(async () => {
  await Promise.all(opened.map((searcher) => searcher.close()));
  rmSync(storage, { recursive: true, force: true });
  removeTrees();
});

const never = new AbortController().signal;

/** `path:line name` */
function explain(
  parts: ExplainParts,
  at: string,
  facts: Partial<ExplainRequest> = {},
): Promise<Explanation | undefined> {
  const [, path = '', line = '', name = ''] = /^(\S+):(\d+) (\S+)$/.exec(at) ?? [];
  return explainSymbol({ path, line: Number(line), name, ...facts }, parts, never);
}

const uses = (explanation: Explanation | undefined): string[] =>
  (explanation?.uses?.most ?? []).map(({ span, inside }) => `${span.path}:${span.start} ${inside ?? ''}`.trim());

const span = (text: string): Span => {
  const [path = '', line = ''] = text.split(':');
  return { path, start: Number(line), end: Number(line) };
};

describe('in a service with a history', () => {
  let parts: ExplainParts;
  beforeAll(async () => {
    const directory = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-parcel-')));
    makeParcelWorkspace(directory);
    parts = await open([directory]);
    return () => rmSync(directory, { recursive: true, force: true });
  });

  it('tells all of a function, from a place where it is used', async () => {
    const explanation = await explain(parts, 'src/upload/queue.ts:44 withBackoff');
    expect(explanation).toMatchObject({
      name: 'withBackoff',
      definition: { kind: 'function', span: { path: 'src/upload/backoff.ts' }, line: 16, inside: [] },
      uses: { places: 4, files: 2 },
      change: { subject: 'Try failed uploads again, with longer and longer waits' },
    });
    expect(explanation?.definition?.doc).toMatch(/^Runs a task until it succeeds\./);
    expect(uses(explanation)).toEqual(['test/backoff.test.ts:10']);
  });

  it('tells where it is used, from where it is defined', async () => {
    expect(uses(await explain(parts, 'src/upload/backoff.ts:16 withBackoff'))).toEqual([
      'src/upload/queue.ts:44 UploadQueue.send',
      'test/backoff.test.ts:10',
    ]);
  });

  it('tells the commit that changed these lines last', async () => {
    const explanation = await explain(parts, 'src/upload/backoff.ts:29 delayBefore');
    expect(explanation?.change?.subject).toBe('Add jitter so that clients do not come back in step');
  });

  it('says nothing of words of the language, comments, strings and locals', async () => {
    for (const at of ['16 async', '12 Runs', '29 jitter', '2 errors', '17 attempt', '1 Waits'])
      expect(await explain(parts, `src/upload/backoff.ts:${at}`), at).toBeUndefined();
  });

  it('does not run what it is told to leave out', async () => {
    const explanation = await explain({ ...parts, history: false, docs: false }, 'src/upload/queue.ts:44 withBackoff');
    expect(explanation?.definition).toBeDefined();
    expect(explanation).not.toHaveProperty('change');
    expect(explanation).not.toHaveProperty('docs');
  });

  it('says the rest when git is missing', async () => {
    const explanation = await explain({ ...parts, git: '/nowhere/git' }, 'src/upload/queue.ts:44 withBackoff');
    expect(explanation?.definition).toBeDefined();
    expect(explanation?.change).toBeUndefined();
  });

  it('is stopped by its signal, and leaves nothing running', async () => {
    const stop = new AbortController();
    const explaining = explainSymbol(
      { path: 'src/upload/queue.ts', line: 44, name: 'withBackoff' },
      parts,
      stop.signal,
    );
    stop.abort();
    expect(await explaining).toBeUndefined();
    await expect.poll(runningChildren).toBe(0);
  });

  it('goes by what the editor says', async () => {
    const definitions = [span('src/upload/backoff.ts:16')];
    const references = ['src/upload/backoff.ts:16', 'src/upload/queue.ts:4', 'src/upload/queue.ts:44'].map(span);
    const explanation = await explain(parts, 'src/upload/backoff.ts:16 withBackoff', { definitions, references });
    expect(explanation?.uses).toMatchObject({ places: 1, files: 1 });
    expect(uses(explanation)).toEqual(['src/upload/queue.ts:44 UploadQueue.send']);
  });

  it('finds the definition itself where the editor has come no further than the import', async () => {
    const facts = { definitions: [span('src/upload/queue.ts:4')], references: [span('src/upload/queue.ts:44')] };
    const explanation = await explain(parts, 'src/upload/queue.ts:44 withBackoff', facts);
    expect(explanation).toEqual(await explain(parts, 'src/upload/queue.ts:44 withBackoff'));
    expect(explanation?.definition?.span.path).toBe('src/upload/backoff.ts');
  });

  it('takes nothing for the definition of what the editor says is defined elsewhere', async () => {
    const explanation = await explain(parts, 'src/upload/queue.ts:44 withBackoff', { definitions: [] });
    expect(explanation).not.toHaveProperty('definition');
  });

  it('says nothing of a local variable that the editor knows', async () => {
    const definitions = [span('src/upload/backoff.ts:29')];
    const references = [span('src/upload/backoff.ts:29'), span('src/upload/backoff.ts:30')];
    expect(await explain(parts, 'src/upload/backoff.ts:30 jitter', { definitions, references })).toBeUndefined();
  });
});

describe('in several folders and languages', () => {
  const js = {
    'src/net.ts': 'export function send(x) {\n  return x;\n}\n',
    'src/bucket.ts': 'export class Bucket {\n  send(x) {}\n}\n',
    'src/app.ts':
      "import { send } from './net.ts';\nimport { createHash } from 'node:crypto';\nexport function main() {\n  send(1);\n  bucket.send(2);\n  createHash('md5');\n  list.map(f);\n}\n",
    'src/other.ts':
      "import { send } from 'elsewhere';\nimport { createHash } from 'node:crypto';\nexport function go() {\n  send(1);\n  return createHash('sha1');\n}\n",
    'src/util.ts': 'export function map(f) {}\n',
  };

  it('tells names apart that several things have', async () => {
    const parts = await open([makeTree(js)]);
    const plain = await explain(parts, 'src/net.ts:1 send');
    expect(plain).toMatchObject({ uses: { places: 1, files: 1 } });
    expect(uses(plain)).toEqual(['src/app.ts:4 main']);
    expect((await explain(parts, 'src/app.ts:5 send', { column: 9 }))?.definition?.inside).toEqual(['Bucket']);
    expect(await explain(parts, 'src/other.ts:4 send')).toBeUndefined();
    expect(await explain(parts, 'src/app.ts:7 map')).toBeUndefined();
  });

  it('tells where else something from outside is used', async () => {
    const parts = await open([makeTree(js)]);
    const explanation = await explain(parts, 'src/app.ts:6 createHash');
    expect(explanation).not.toHaveProperty('definition');
    expect(uses(explanation)).toEqual(['src/other.ts:5 go']);
  });

  it('says nothing of what the language itself brings', async () => {
    const text = 'export function f(x) {\n  return Math.max(x.parseAll(), parseInt(x));\n}\n';
    const parts = await open([makeTree({ 'a.ts': text, 'b.ts': text.replace('f(', 'g(') })]);
    const references = ['a.ts:2', 'b.ts:2'].map(span);
    for (const name of ['Math', 'max', 'parseAll', 'parseInt']) {
      expect(await explain(parts, `a.ts:2 ${name}`), name).toBeUndefined();
      expect(await explain(parts, `a.ts:2 ${name}`, { definitions: [], references }), name).toBeUndefined();
    }
  });

  it('works where no grammar is', async () => {
    const parts = await open([
      makeTree({
        'a.jl': '# Runs again.\nfunction with_backoff(f)\n  f()\nend\n',
        'b.jl': 'function run()\n  with_backoff(g)\nend\n',
      }),
    ]);
    const explanation = await explain(parts, 'b.jl:2 with_backoff');
    expect(explanation?.definition).toMatchObject({ kind: 'function', line: 2, doc: 'Runs again.' });
  });

  it('names files by their folder', async () => {
    const [one, two] = [
      makeTree({ 'a.py': 'def with_backoff():\n    pass\n' }),
      makeTree({ 'b.py': 'from a import with_backoff\n\ndef run():\n    with_backoff()\n' }),
    ];
    const parts = await open([one, two]);
    const [first, second] = parts.workspace.roots.map(({ label }) => label);
    const explanation = await explain(parts, `${first}/a.py:1 with_backoff`);
    expect(uses(explanation)).toEqual([`${second}/b.py:4 run`]);
  });

  it('finds the docs that name it, and no list of changes', async () => {
    const docs = {
      'src/a.ts': 'export function withBackoff() {}\n',
      'CHANGELOG.md': '# 1.0\n\nAdds `withBackoff`, `withBackoff()` and withBackoff.\n',
      'docs/use.md': '# Use\n\n## Retries\n\nCall `withBackoff` around a task.\n\n## Other\n\nNothing here.\n',
    };
    const parts = await open([makeTree(docs)]);
    expect((await explain(parts, 'src/a.ts:1 withBackoff'))?.docs).toMatchObject({
      span: { path: 'docs/use.md', start: 3 },
      headings: ['Use', 'Retries'],
    });
  });

  it('shows a card of the lines on disk, whatever the editor has', async () => {
    const directory = makeTree({
      'a.ts': 'export function withBackoff() {}\n',
      'b.ts': "import { withBackoff } from './a.ts';\nwithBackoff();\n",
    });
    const parts = await open([directory]);
    writeFileSync(join(directory, 'b.ts'), '\n');
    expect((await explain(parts, 'b.ts:9 withBackoff'))?.definition?.span.path).toBe('a.ts');
  });

  it('is not surprised by what is not there', async () => {
    const parts = await open([makeTree({ 'a.ts': 'x\n' })]);
    for (const at of [
      'missing.ts:1 withBackoff',
      '../../etc/passwd:1 root_user',
      'a.ts:900 withBackoff',
      'a.ts:1 $',
      'a.ts:1 [(',
    ])
      expect(await explain(parts, at), at).toBeUndefined();
  });
});
