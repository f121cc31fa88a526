/** What `spoor tasks` came to: a line for each repository, the sum, and what was left out. */
import type { ToolFailure } from '#core/agent/tools.ts';
import { DROP_REASONS } from '#node/tasks/drops.ts';
import type { Made } from '#node/tasks/makeTasks.ts';

export interface MadeOf {
  readonly repo: string;
  readonly made: Made<string> | ToolFailure;
}

export function tasksSummary(all: readonly MadeOf[], what: 'tasks' | 'pairs'): string {
  const good = all.flatMap(({ repo, made }) => ('ok' in made ? [] : [{ repo, made }]));
  const width = Math.max(0, ...good.map(({ repo }) => repo.length));
  const rows = good.map(({ repo, made }) => `  ${repo.padEnd(width)}  ${countsText(made.bySource)}`);
  const sum = addUp(good.map(({ made }) => made.bySource));
  const failed = all.length - good.length;
  const commits = good.reduce((total, { made }) => total + made.commits, 0);
  const lines = [
    ...rows,
    `${amount(total(sum))} ${what} of ${amount(good.length)} ${good.length === 1 ? 'repository' : 'repositories'}: ${countsText(sum)}`,
    ...leftOut(addUp(good.map(({ made }) => made.drops)), commits),
    ...(failed ? [`${amount(failed)} ${failed === 1 ? 'repository' : 'repositories'} could not be read.`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function leftOut(drops: ReadonlyMap<string, number>, commits: number): string[] {
  const known = DROP_REASONS.filter((reason) => drops.has(reason)).sort((a, b) => drops.get(b)! - drops.get(a)!);
  if (!known.length) return [];
  const parts = known.map((reason) => `  ${amount(drops.get(reason)!).padStart(9)}  ${reason}`);
  return [`left out of ${amount(commits)} commits:`, ...parts];
}

function addUp(counts: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const sum = new Map<string, number>();
  for (const some of counts) for (const [name, count] of some) sum.set(name, (sum.get(name) ?? 0) + count);
  return sum;
}

const total = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((sum, n) => sum + n, 0);

/** `130: 90 commit, 40 changelog`. */
function countsText(counts: ReadonlyMap<string, number>): string {
  const parts = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return parts.map(([name, count]) => `${amount(count)} ${name}`).join(', ') || 'none';
}

const amount = (count: number): string => count.toLocaleString('en');
