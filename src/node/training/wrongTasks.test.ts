import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Task } from '#core/agent/task.ts';
import { parseTaskLine } from '#core/agent/taskLine.ts';
import { wrongTasks } from '#node/training/wrongTasks.ts';

const taskOf = (repo: string, i: number): Task => ({
  id: `${repo}#${i}`,
  repo,
  commit: i.toString(16).padStart(40, '0'),
  source: 'commit',
  question: `Where is ${repo} ${i}?`,
  goldFiles: ['a.ts'],
  goldSpans: [{ path: 'a.ts', start: 1, end: 2 }],
});

const read = (text: string): Task[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const task = parseTaskLine(line);
      if (typeof task === 'string') throw new Error(task);
      return task;
    });

describe('questions asked of the wrong repository', () => {
  test('are never asked of their own, and nothing answers them', () => {
    const repos = fc.array(fc.constantFrom('a/a', 'b/b', 'b/c', 'd/d'), { maxLength: 20 });
    fc.assert(
      fc.property(repos, fc.nat(25), fc.nat(), (drawn, count, seed) => {
        const tasks = drawn.map(taskOf);
        const wrong = read(wrongTasks(tasks, count, seed));
        expect(wrong).toHaveLength(new Set(drawn).size > 1 ? Math.min(count, tasks.length) : 0);
        expect(new Set(wrong.map(({ id }) => id)).size).toBe(wrong.length);
        for (const task of wrong) {
          const own = tasks.find(({ question }) => question === task.question)!;
          expect(task).toMatchObject({
            id: `wrong ${own.id}`,
            source: 'wrong-repository',
            goldFiles: [],
            goldSpans: [],
          });
          expect(task.repo).not.toBe(own.repo);
          expect(tasks).toContainEqual(expect.objectContaining({ repo: task.repo, commit: task.commit }));
        }
        expect(wrongTasks(tasks, count, seed)).toBe(wrongTasks(tasks, count, seed));
      }),
      { seed: 4 },
    );
  });

  test('differ with the seed', () => {
    const tasks = Array.from({ length: 40 }, (_, i) => taskOf(`r/${i % 7}`, i));
    expect(wrongTasks(tasks, 10, 1)).not.toBe(wrongTasks(tasks, 10, 2));
  });
});
