import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createReadTool } from '#node/readTool.ts';
import { locatePlaces, MAX_LINES } from '#node/service/locate.ts';
import { Workspace } from '#node/workspace.ts';
import { makeTree, removeTrees } from '../../../test/fakes/workspaceTree.ts';

afterAll(removeTrees);

const SOURCE = ['one', 'two {', '  three', '}', 'four'];
const PLACE = { path: 'src/a.ts', start: 2, end: 4, lines: SOURCE.slice(1, 4) };

/** States of places in a folder whose file `src/a.ts` reads as given. */
async function statesIn(text: string | undefined, ...places: (typeof PLACE)[]) {
  const folder = makeTree({ 'src/a.ts': text ?? '' });
  if (text === undefined) rmSync(join(folder, 'src/a.ts'));
  return locatePlaces(places.length ? places : [PLACE], createReadTool({ workspace: Workspace.open([folder]) }));
}

describe('cited lines in a file', () => {
  test('that has not changed', async () => {
    expect(await statesIn(SOURCE.join('\n'))).toEqual([{ state: 'same' }]);
  });

  test('that got CRLF and spaces at line ends', async () => {
    expect(await statesIn(SOURCE.map((line) => `${line}  \r\n`).join(''))).toEqual([{ state: 'same' }]);
  });

  test('that grew above them', async () => {
    const moved = { state: 'moved', span: { path: 'src/a.ts', start: 902, end: 904 } };
    expect(await statesIn('new\n'.repeat(900) + SOURCE.join('\n'))).toEqual([moved]);
  });

  test('that lost what was above them', async () => {
    expect(await statesIn(SOURCE.slice(1).join('\n'))).toEqual([
      { state: 'moved', span: { path: 'src/a.ts', start: 1, end: 3 } },
    ]);
  });

  test('that was edited inside of them', async () => {
    expect(await statesIn(SOURCE.join('\n').replace('three', '3'))).toEqual([{ state: 'stale' }]);
  });

  test('that is gone, or lies outside', async () => {
    expect(await statesIn(undefined)).toEqual([{ state: 'stale' }]);
    expect(await statesIn('', { ...PLACE, path: '../a.ts' })).toEqual([{ state: 'stale' }]);
  });

  test('that is a link out of the workspace now', async () => {
    const outside = makeTree({ 'a.ts': SOURCE.join('\n') });
    const folder = makeTree({ 'src/b.ts': '' });
    symlinkSync(join(outside, 'a.ts'), join(folder, 'src/a.ts'));
    const read = createReadTool({ workspace: Workspace.open([folder]) });
    expect(await locatePlaces([PLACE], read)).toEqual([{ state: 'stale' }]);
  });

  test('that are more than are read at once', async () => {
    const lines = Array.from({ length: 1_000 }, (_, i) => `line ${i}`);
    const long = { path: 'src/a.ts', start: 2, end: 1_001, lines };
    expect(await statesIn(['zero', ...lines].join('\n'), long)).toEqual([{ state: 'same' }]);
    expect(await statesIn(['', 'zero', ...lines].join('\n'), long)).toMatchObject([{ span: { start: 3, end: 1_002 } }]);
  });

  test('several, each in its order', async () => {
    const states = await statesIn(['zero', ...SOURCE].join('\n'), PLACE, { ...PLACE, lines: ['gone'] }, PLACE);
    expect(states.map(({ state }) => state)).toEqual(['moved', 'stale', 'moved']);
  });
});

describe('a huge file', () => {
  const filler = 'x'.repeat(99);
  const huge = (above: number) => [...Array<string>(above).fill(filler), ...SOURCE.slice(1, 4)].join('\n');
  const place = { ...PLACE, start: 50_001, end: 50_003 };
  const folder = makeTree({ 'src/a.ts': '' });
  const read = createReadTool({ workspace: Workspace.open([folder]) });
  const stateAfter = async (above: number) => {
    writeFileSync(join(folder, 'src/a.ts'), huge(above));
    return (await locatePlaces([place], read))[0]!;
  };

  test('is looked at near the old place', async () => {
    expect(await stateAfter(50_000)).toEqual({ state: 'same' });
    expect(await stateAfter(50_700)).toMatchObject({ state: 'moved', span: { start: 50_701 } });
    expect(await stateAfter(49_500)).toMatchObject({ state: 'moved', span: { start: 49_501 } });
  });

  test('is not searched from end to end', async () => {
    expect(await stateAfter(60_000)).toEqual({ state: 'stale' });
  });

  test('of short lines is looked at up to a number of them', async () => {
    writeFileSync(join(folder, 'src/a.ts'), 'y\n'.repeat(MAX_LINES - 3) + SOURCE.slice(1, 4).join('\n'));
    expect(await locatePlaces([PLACE], read)).toMatchObject([{ state: 'moved', span: { start: MAX_LINES - 2 } }]);
    writeFileSync(join(folder, 'src/a.ts'), 'y\n'.repeat(MAX_LINES + 1) + SOURCE.slice(1, 4).join('\n'));
    expect(await locatePlaces([PLACE], read)).toEqual([{ state: 'stale' }]);
  });
});
