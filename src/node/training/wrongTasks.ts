/** Questions asked of the wrong repository: nothing there answers them, and a policy has to say so. */
import type { Task } from '#core/agent/task.ts';
import { formatTaskLine } from '#core/agent/taskLine.ts';
import { createRng } from '#core/rl/rng.ts';
import { deriveSeed, shuffle } from '#core/rl/shuffle.ts';

/** Lines of a tasks file: the question of one task, the repository and commit of another, and no gold. */
export function wrongTasks(tasks: readonly Task[], count: number, seed: number): string {
  const asked = shuffle(tasks, createRng(deriveSeed(seed, 1))).slice(0, count);
  const places = shuffle(tasks, createRng(deriveSeed(seed, 2)));
  return asked
    .map((task, i): Task | undefined => {
      const place = elsewhere(places, i, task.repo);
      return (
        place && {
          ...task,
          id: `wrong ${task.id}`,
          repo: place.repo,
          commit: place.commit,
          source: 'wrong-repository',
          goldFiles: [],
          goldSpans: [],
        }
      );
    })
    .filter((task) => task !== undefined)
    .map((task) => `${formatTaskLine(task)}\n`)
    .join('');
}

/** The first place from `from` on that is in another repository. */
function elsewhere(places: readonly Task[], from: number, repo: string): Task | undefined {
  for (let i = 0; i < places.length; i++) {
    const place = places[(from + i) % places.length]!;
    if (place.repo !== repo) return place;
  }
  return undefined;
}
