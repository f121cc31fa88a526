import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { grammarPath } from './grammarFolder.ts';
import { GRAMMAR_FILES } from './grammars.ts';

test('every grammar is found where it was installed', () => {
  for (const { file, from } of GRAMMAR_FILES) {
    const path = grammarPath(file)!;
    expect(path.endsWith(join('node_modules', from)) || path.endsWith(join('grammars', file))).toBe(true);
    expect(existsSync(path)).toBe(true);
  }
});

test('a grammar beside the program goes first, and a missing one is told', () => {
  const folder = mkdtempSync(join(tmpdir(), 'spoor-grammars-'));
  try {
    mkdirSync(join(folder, 'dist/grammars'), { recursive: true });
    expect(grammarPath('go.wasm', join(folder, 'dist'))).toBeUndefined();
    writeFileSync(join(folder, 'dist/grammars/go.wasm'), '');
    expect(grammarPath('go.wasm', join(folder, 'dist'))).toBe(join(folder, 'dist/grammars/go.wasm'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
