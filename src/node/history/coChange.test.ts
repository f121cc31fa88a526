import { describe, expect, it } from 'vitest';
import { unhurried, useHistoryScene } from '../../../test/fakes/historyScene.ts';
import { initRepository } from '../../../test/fakes/scratchRepository.ts';

const { at, openTool } = useHistoryScene();

describe('coChanges', () => {
  it('weighs files that change together, heaviest first', async () => {
    const repository = initRepository(at('w'));
    repository.commit('One', { 'a.ts': '1', 'b.ts': '1', 'c.ts': '1' });
    repository.commit('Two', { 'a.ts': '2', 'b.ts': '2' });
    repository.commit('Three', { 'a.ts': '3' });
    repository.commit('Four', { 'b.ts': '4', 'd.ts': '4' });
    repository.commit('Gone', { 'a.ts': '5', 'e.ts': '5' });
    repository.commit('Go', { 'e.ts': null });
    repository.commit('All', Object.fromEntries(['a', 'd', ...Array(20).keys()].map((name) => [`${name}.ts`, 'all'])));
    const tool = openTool(['w']);
    await tool.ready();
    const together = (paths: string[], limit = 9): unknown => tool.coChanges({ paths, limit }, unhurried);
    const b = { path: 'b.ts', weight: 1.5 };
    expect(await together(['a.ts'])).toEqual({ ok: true, value: [b, { path: 'c.ts', weight: 0.5 }] });
    expect(await together(['a.ts'], 1)).toEqual({ ok: true, value: [b] });
    expect(await together(['a.ts', 'b.ts'])).toEqual({
      ok: true,
      value: [
        { path: 'd.ts', weight: 1 },
        { path: 'c.ts', weight: 0.5 },
      ],
    });
    expect(await together(['absent.ts', '../a.ts', '~docs/x'])).toEqual({ ok: true, value: [] });
    repository.git('checkout', '--quiet', 'HEAD~6');
    await tool.ready();
    expect(await together(['a.ts'])).toEqual({
      ok: true,
      value: [
        { path: 'b.ts', weight: 0.5 },
        { path: 'c.ts', weight: 0.5 },
      ],
    });
  });

  it('follows renames and stays in the workspace folder', async () => {
    const repository = initRepository(at('r'));
    const text = Array.from({ length: 30 }, (_, i) => `line ${i}\n`).join('');
    repository.commit('Old', { 'api/a.ts': text, 'api/b.ts': '1', 'web/c.ts': '1' });
    repository.commit('Move', { 'api/a.ts': null, 'api/moved.ts': text });
    const tool = openTool(['r/api']);
    await tool.ready();
    expect(await tool.coChanges({ paths: ['moved.ts'], limit: 9 }, unhurried)).toEqual({
      ok: true,
      value: [{ path: 'b.ts', weight: 0.5 }],
    });
    const two = openTool(['r/api', 'r/web']);
    await two.ready();
    expect(await two.coChanges({ paths: ['web/c.ts'], limit: 9 }, unhurried)).toEqual({
      ok: true,
      value: [
        { path: 'api/b.ts', weight: 0.5 },
        { path: 'api/moved.ts', weight: 0.5 },
      ],
    });
  });
});
