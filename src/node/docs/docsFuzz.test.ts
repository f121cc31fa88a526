import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { linesOf } from '#core/search/docSections.ts';
import { decodeText } from '#node/textDecoding.ts';
import { answers, createDocsTree } from '../../../test/fakes/docsTree.ts';

const ENDINGS = ['md', 'mdx', 'rst', 'adoc', 'txt', 'ipynb', 'markdown'];
const NAMES = [
  ...ENDINGS.map((ending) => `a.${ending}`),
  ...[
    'README',
    'b c.md',
    'q\'"$(x).md',
    '\u202egnp.md',
    'é漢.rst',
    '-rf.md',
    'new\nline.md',
    'node_modules/p/README.md',
    'node_modules/p/index.d.ts',
  ],
  ...[
    'package.json',
    'node_modules/p/package.json',
    'go.mod',
    'Cargo.toml',
    'vendor/modules.txt',
    '.gitignore',
    '.spoorignore',
  ],
  ...[
    '.venv/pyvenv.cfg',
    '.venv/lib/python3/site-packages/p-1.dist-info/METADATA',
    '.venv/lib/python3/site-packages/p-1.dist-info/RECORD',
    'x.py',
  ],
];
const SCRAPS = [
  'yak',
  '# yak\n',
  '\n',
  '```',
  '{"dependencies":{"p":"1"}}',
  '"types":"../../.."',
  '{',
  '[',
  '\0',
  '\r\n',
  '*',
  '!',
  '/**',
  'import p\n',
  '---\n',
  'p',
  '1',
  '[dependencies]\n',
  'require (\n',
];
const content = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.array(fc.constantFrom(...SCRAPS), { maxLength: 60 }).map((scraps) => Buffer.from(scraps.join(''))),
);

it('takes random bytes as documents, manifests and ignore files', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.constantFrom(...NAMES), content, { minKeys: 1, maxKeys: 12 }), async (files) => {
      const each = createDocsTree();
      try {
        each.put(files);
        const docs = each.open();
        const before = await answers(docs, ['yak', 'p', '1 yak']);
        expect(docs.state().complete).toBe(true);
        for (const result of (before as { found: Awaited<ReturnType<typeof docs.search>>[] }).found) {
          expect(result.ok).toBe(true);
          for (const { span } of result.ok ? result.value.sections : []) {
            const lines = linesOf(decodeText(files[span.path]!).text).length;
            expect(span.start).toBeGreaterThanOrEqual(1);
            expect(span.end).toBeLessThanOrEqual(lines);
          }
        }
        docs.refresh();
        expect(await answers(docs, ['yak', 'p', '1 yak'])).toEqual(before);
      } finally {
        await each.remove();
      }
    }),
    { seed: 42, numRuns: 40 },
  );
});

it('stays equal to a fresh index through random changes', async () => {
  const change = fc.record({
    name: fc.constantFrom('a.md', 'b.md', 'c.txt', 'd/e.rst'),
    text: fc.option(fc.constantFrom('yak', '# yak\ngnu', 'gnu\n\nyak', '')),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 4 }), async (rounds) => {
      const each = createDocsTree();
      try {
        const docs = each.open();
        for (const round of rounds) {
          for (const { name, text } of round)
            if (text === null) rmSync(each.path(name), { force: true });
            else each.put({ [name]: text });
          docs.refresh();
          const isFresh = await answers(each.open({ storageDirectory: undefined }), ['yak', 'gnu']);
          expect(await answers(docs, ['yak', 'gnu'])).toEqual(isFresh);
        }
      } finally {
        await each.remove();
      }
    }),
    { seed: 42, numRuns: 12 },
  );
});
