/** Outlines of the fixtures, one a language, against test/golden/symbols: change a fixture, then `vitest run -u`. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Definition } from '#core/agent/tools.ts';
import { Workspace } from '#node/workspace.ts';
import { createSymbolsTool } from './symbolsTool.ts';

const FIXTURES = join(import.meta.dirname, '../../../test/fixtures/symbols');
const GOLDEN = join(import.meta.dirname, '../../../test/golden/symbols');
const files = readdirSync(FIXTURES).map((name) => name.replace(/\.txt$/, ''));

const folder = mkdtempSync(join(tmpdir(), 'spoor-outline-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, 'crlf'));
for (const file of files) {
  const text = readFileSync(join(FIXTURES, `${file}.txt`), 'utf8');
  writeFileSync(join(folder, file), text);
  writeFileSync(join(folder, 'crlf', file), text.replaceAll('\n', '\r\n'));
}
const tool = createSymbolsTool({ workspace: Workspace.open([folder]) });

async function outlineText(path: string): Promise<string> {
  const context = { signal: new AbortController().signal, timeoutMs: 20_000 };
  const result = await tool.outline(path, context);
  if (!result.ok || result.partial !== undefined) throw new Error(result.ok ? result.partial : result.message);
  return result.value.map((one) => `${lineOf(one)}\n`).join('');
}

/** `3-9 @4 class Queue in Acme | class Queue extends Base | A queue.` */
function lineOf({ span, line, kind, name, inside, signature, doc }: Definition): string {
  const place = inside.length ? ` in ${inside.join(' > ')}` : '';
  const said = doc === undefined ? '' : ` | ${doc.replaceAll('\n', ' / ')}`;
  return `${span.start}-${span.end} @${line} ${kind} ${name}${place} | ${signature}${said}`;
}

test.each(files)('%s', async (file) => {
  await expect(await outlineText(file)).toMatchFileSnapshot(join(GOLDEN, `${file}.txt`));
});

test.each(files)('%s with \\r\\n', async (file) => {
  expect(await outlineText(`crlf/${file}`)).toBe(readFileSync(join(GOLDEN, `${file}.txt`), 'utf8'));
});
