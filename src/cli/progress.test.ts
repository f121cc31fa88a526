import { describe, expect, it } from 'vitest';
import { progressText, startProgress } from '#cli/progress.ts';
import type { CliEnvironment } from '#cli/environment.ts';
import { memorySink } from '../../test/fakes/cliEnvironment.ts';

describe('progress', () => {
  it.each([
    [{ done: 0, total: 399, elapsedMs: 500 }, '0 of 399 · 0 % · a/b'],
    [{ done: 120, total: 399, elapsedMs: 29_000 }, '120 of 399 · 30 % · 4.1 a second · 1 min 7 s left · a/b'],
    [{ done: 2, total: 3, elapsedMs: 9_000 }, '2 of 3 · 66 % · 4.5 s each · 4.5 s left · a/b'],
    [{ done: 3, total: 3, elapsedMs: 1_000 }, '3 of 3 · 100 % · 3.0 a second · a/b'],
    [{ done: 0, total: 0, elapsedMs: 0 }, '0 of 0 · 100 % · a/b'],
  ])('%j', (state, text) => expect(progressText(state, 'a/b')).toBe(text));

  it('writes a line every ten seconds where there is no terminal', () => {
    const stderr = memorySink();
    let nowMs = 0;
    const progress = startProgress(100, { stderr, env: {} } as unknown as CliEnvironment, () => nowMs);
    for (let i = 0; i < 50; i++) {
      nowMs += 500;
      progress.step('a/b');
    }
    progress.end();
    expect(stderr.written).toEqual([
      '20 of 100 · 20 % · 2.0 a second · 40.0 s left · a/b\n',
      '40 of 100 · 40 % · 2.0 a second · 30.0 s left · a/b\n',
    ]);
  });
});
