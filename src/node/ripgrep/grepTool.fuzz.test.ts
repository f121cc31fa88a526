import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { GrepResult } from '#core/agent/tools.ts';
import { termOf } from '#core/search/words.ts';
import { runningChildren } from '#node/childProcesses.ts';
import { isSecret } from '#node/secrets.ts';
import { Workspace } from '#node/workspace.ts';
import { makeTree, removeTrees } from '../../../test/fakes/workspaceTree.ts';
import { createGrepTool } from './grepTool.ts';

afterAll(removeTrees);

const WORDS = ['foo', 'Retry', 'retries', 'withBackoff', 'with_backoff', 'é', 'naïve', '文件', '404', 'i'];
const scrap = fc.oneof(
  fc.constantFrom(...WORDS, ' ', '\n', '\r\n', '_', '-', ': ', '\u001b[31m', '1:'),
  fc.string({ unit: 'grapheme', maxLength: 3 }),
);
const text = fc.array(scrap, { maxLength: 40 }).map((scraps) => Buffer.from(scraps.join('')));
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const content = fc.oneof(
  text,
  text,
  bytes,
  fc.tuple(text, bytes, text).map((pieces) => Buffer.concat(pieces)),
);

const nameUnit = fc.constantFrom(
  'a',
  'é',
  '文',
  '\n',
  ':',
  '1',
  ' ',
  '\u001b',
  '\\',
  '*',
  '[',
  '!',
  '#',
  '-',
  "'",
  '$',
  '.',
);
const nameBytes = fc
  .uint8Array({ minLength: 1, maxLength: 8 })
  .map((array) => Buffer.from(array.map((byte) => (byte === 0 || byte === 47 ? 95 : byte))));
const plainName = fc.string({ unit: nameUnit, minLength: 1, maxLength: 8 }).map((name) => Buffer.from(name));
const knownName = fc.constantFrom('.env', 'id_rsa', 'a.ts', 'b.md', 'x.min.js').map((name) => Buffer.from(name));
const name = fc.oneof(plainName, plainName, knownName, nameBytes).filter((bytes) => !/^\.\.?$/.test(bytes.toString()));
const rule = fc.oneof(
  fc.constantFrom('*.ts', '!*.ts', '/a*', 'd/', '**', '[z-a', '{', '\\', '!', '#x'),
  fc.string({ unit: nameUnit, maxLength: 6 }),
);
const ignoreFile = fc.oneof(
  fc.array(rule, { maxLength: 5 }).map((rules) => Buffer.from(rules.join('\n'))),
  bytes,
);

const tree = fc.record({
  files: fc.array(fc.tuple(fc.constantFrom('', 'd', 'd/e'), name, content), { maxLength: 12 }),
  ignores: fc.dictionary(fc.constantFrom('.gitignore', 'd/.gitignore', '.ignore', '.spoorignore'), ignoreFile),
  terms: fc.array(fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'grapheme', maxLength: 12 })), {
    maxLength: 6,
  }),
  within: fc.option(
    fc.array(fc.oneof(fc.constantFrom('d', '.', '..', '/', 'out', 'd/e', '~docs/x', 'a.ts'), fc.string()), {
      maxLength: 4,
    }),
    { nil: undefined },
  ),
});

type Tree = typeof tree extends fc.Arbitrary<infer T> ? T : never;

const outside = makeTree({ 'secret.txt': WORDS.join('\n') });

function layOut({ files, ignores }: Tree): string {
  const root = makeTree({ 'first.txt': 'foo' });
  for (const [folder, fileName, bytes] of files)
    write(Buffer.concat([Buffer.from(join(root, folder, '/')), fileName]), bytes);
  for (const [path, bytes] of Object.entries(ignores)) write(Buffer.from(join(root, path)), bytes);
  symlinkSync(outside, join(root, 'out'));
  return root;
}

/** Names that the system refuses (or that are a folder already) are left out. */
function write(path: Buffer, bytes: Uint8Array): void {
  try {
    mkdirSync(dirname(path.toString()), { recursive: true });
    writeFileSync(path, bytes);
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toMatch(/EISDIR|EEXIST|ENOTDIR|ENOENT|EILSEQ|EINVAL|ENAMETOOLONG/);
  }
}

function checkFiles(workspace: Workspace, files: GrepResult['terms'][number]['files']): void {
  expect(files.map((file) => file.path)).toEqual(files.map((file) => file.path).sort());
  for (const { path, sizeBytes, lines } of files) {
    expect(isSecret(path)).toBe(false);
    const absolute = workspace.resolve(path);
    const bytes = readFileSync(absolute ?? `not in the workspace: ${path}`);
    expect(sizeBytes).toBe(bytes.length);
    if (/^(?:fffe|feff)/.test(bytes.toString('hex', 0, 2))) continue;
    const real = bytes
      .toString()
      .replace(/^\uFEFF/, '')
      .split('\n');
    for (const hit of lines) {
      expect(hit.count).toBeGreaterThan(0);
      expect(real[hit.line - 1]!.replace(/\r$/, '').startsWith(hit.text)).toBe(true);
    }
  }
}

test('whatever lies in a folder and is asked, the search stays whole and inside', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(tree, async (given) => {
      const workspace = Workspace.open([layOut(given)]);
      const terms = given.terms.map(termOf).filter((term) => term !== undefined);
      const request = { terms, ...(given.within && { within: given.within }) };
      const result = await createGrepTool({ workspace }).search(request, {
        timeoutMs: 20_000,
        signal: new AbortController().signal,
      });
      expect(runningChildren()).toBe(0);
      if (!result.ok) expect([result.reason, given.within !== undefined]).toEqual(['denied', true]);
      else for (const { files } of result.value.terms) checkFiles(workspace, files);
      if (result.ok) expect(result.value.terms).toHaveLength(terms.length);
    }),
    { seed: 42, numRuns: 120 },
  );
});
