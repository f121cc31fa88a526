import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linesOf } from '#node/textDecoding.ts';
import { KEPT_BYTES, readWholeText } from '#node/textFiles.ts';
import { Workspace } from '#node/workspace.ts';

let directory = '';
let workspace: Workspace;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spoor-text-'));
  workspace = Workspace.open([directory]);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const put = (path: string, content: string): void => writeFileSync(join(directory, path), content);

describe('readWholeText', () => {
  it('gives the text with its terminators, and its lines', async () => {
    put('a', '\ufeffa\r\nb\n');
    const whole = await readWholeText(workspace, 'a', 100);
    expect(whole).toMatchObject({ ok: true, text: 'a\r\nb\n', lines: ['a', 'b'], sizeBytes: 8, encoding: 'utf-8-bom' });
    expect(whole.ok && linesOf(whole.text)).toEqual(['a', 'b']);
    expect(await readWholeText(workspace, 'a', 100)).toBe(whole);
  });

  it('refuses what is longer than the caller takes, and what the read tool refuses', async () => {
    put('a', 'text');
    put('b', 'te\0xt');
    expect(await readWholeText(workspace, 'a', 3)).toMatchObject({ ok: false, reason: 'unsupported' });
    expect(await readWholeText(workspace, 'b', 9)).toMatchObject({ ok: false, reason: 'unsupported' });
    expect(await readWholeText(workspace, '.env', 9)).toMatchObject({ ok: false, reason: 'missing' });
  });

  it('keeps a bounded number of bytes', async () => {
    for (let i = 0; i < 17; i++) put(`f${i}`, 'x'.repeat(KEPT_BYTES));
    const first = await readWholeText(workspace, 'f0', KEPT_BYTES);
    const second = await readWholeText(workspace, 'f1', KEPT_BYTES);
    expect(await readWholeText(workspace, 'f0', KEPT_BYTES)).toBe(first);
    for (let i = 2; i < 17; i++) await readWholeText(workspace, `f${i}`, KEPT_BYTES);
    expect(await readWholeText(workspace, 'f0', KEPT_BYTES)).toBe(first);
    expect(await readWholeText(workspace, 'f1', KEPT_BYTES)).not.toBe(second);
  });
});
