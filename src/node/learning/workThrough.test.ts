/** Work in real processes, some of which die. */
import { describe, expect, test } from 'vitest';
import type { ScopedTask, WorkResult } from '#node/learning/learningPlayer.ts';
import { workThrough, type Working } from '#node/learning/workThrough.ts';

const task = (id: string, question = id, commit = id): ScopedTask => ({
  ...{ id, repo: 'shop/shop', commit, source: 'commit', question, goldFiles: [], goldSpans: [], scope: [] },
});
const tasks = (count: number): ScopedTask[] => Array.from({ length: count }, (_, i) => task(`t${i}`));

interface Worked {
  readonly results: ReadonlyMap<string, WorkResult>;
  /** Numbers of processes by task. */
  readonly by: ReadonlyMap<string, string>;
}

async function work(given: readonly ScopedTask[], options: Partial<Working> = {}): Promise<Worked> {
  const results = new Map<string, WorkResult>();
  await workThrough(given, {
    setup: { kind: 'answer', play: { worlds: '', turns: 4, without: [] } },
    workerFile: new URL('../../../test/fakes/mortalWorker.ts', import.meta.url),
    parameters: new Float32Array(),
    processes: 2,
    controls: { signal: new AbortController().signal },
    onResult: ({ id }, result) => results.set(id, result),
    ...options,
  });
  const process = (result: WorkResult): string => ('message' in result ? (result.message.split(' by ')[1] ?? '') : '');
  return { results, by: new Map([...results].map(([id, result]) => [id, process(result)])) };
}

describe('work', () => {
  test('is done once each, by as many processes as there may be', async () => {
    const { by } = await work(tasks(12));
    expect([...by.keys()].sort()).toEqual(
      tasks(12)
        .map(({ id }) => id)
        .sort(),
    );
    expect(new Set(by.values()).size).toBe(2);
    expect((await work([])).results.size).toBe(0);
  });

  test('on one commit is done by one process, which helps another when it is through', async () => {
    const given = Array.from({ length: 16 }, (_, i) => task(`t${i}`, `q${i}`, i % 2 ? 'odd' : 'even'));
    const { by } = await work(given);
    const processes = (commit: string): number =>
      new Set(given.filter((one) => one.commit === commit).map(({ id }) => by.get(id))).size;
    expect(Math.min(processes('odd'), processes('even'))).toBe(1);
  });

  test('that a process dies of fails alone', async () => {
    const { results, by } = await work([task('a'), task('deadly', 'die'), ...tasks(6)]);
    expect(results.get('deadly')).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/ended with code 9/),
    });
    expect([...by.keys()]).toHaveLength(8);
  });

  test('that kills process after process is given up', async () => {
    const deadly = Array.from({ length: 6 }, (_, i) => task(`t${i}`, 'die'));
    await expect(work(deadly)).rejects.toThrow(/ended with code 9/);
  });

  test('is not gone on with when nothing can be kept', async () => {
    const seen: string[] = [];
    const onResult = ({ id }: ScopedTask): number => seen.push(id);
    const given = [task('before'), task('a', 'stick'), ...tasks(3)];
    await expect(work(given, { onResult, processes: 1 })).rejects.toThrow('stick by');
    expect(seen).toEqual(['before']);
  });

  test('ends when its time is over, and when it is stopped', async () => {
    let asked = 0;
    expect((await work(tasks(20), { processes: 1, isOver: () => ++asked > 5 })).results.size).toBe(5);
    const stopping = new AbortController();
    let done = 0;
    const onResult = (): void => {
      if (++done === 3) stopping.abort();
    };
    await work(tasks(20), { processes: 1, controls: { signal: stopping.signal }, onResult });
    expect(done).toBe(3);
  });

  test('waits at the gate', async () => {
    const opening = Promise.withResolvers<void>();
    const results: string[] = [];
    let passed = 0;
    const gate = (): Promise<void> => (++passed > 4 ? opening.promise : Promise.resolve());
    const working = work(tasks(8), {
      processes: 1,
      controls: { signal: new AbortController().signal, gate },
      onResult: ({ id }) => results.push(id),
    });
    await expect.poll(() => passed).toBe(5);
    expect(results).toHaveLength(4);
    opening.resolve();
    await working;
    expect(results).toHaveLength(8);
  });
});
