/** Reads `git blame --porcelain` and chooses the commit that says most about why lines are as they are. */
import type { Explanation } from '#core/answer/explanation.ts';
import { commitFault } from '#node/tasks/messageFault.ts';

export interface BlamedCommit {
  readonly id: string;
  readonly subject: string;
  readonly author: string;
  /** Committer time, seconds since 1970. */
  readonly timeS: number;
}

/** The commits of a porcelain blame, newest first. Lines of the file begin with a tab, so none can pass for a header. */
export function parseBlame(output: string): BlamedCommit[] {
  const commits = new Map<string, Map<string, string>>();
  let fields = new Map<string, string>();
  for (const line of output.split('\n')) {
    if (line.startsWith('\t')) continue;
    const id = /^([0-9a-f]{40,64}) \d+ \d+/.exec(line)?.[1];
    if (id === undefined) {
      const space = line.indexOf(' ');
      if (space > 0 && !fields.has(line.slice(0, space))) fields.set(line.slice(0, space), line.slice(space + 1));
    } else {
      fields = commits.get(id) ?? new Map<string, string>();
      commits.set(id, fields);
    }
  }
  return [...commits]
    .map(([id, said]) => commitOf(id, said))
    .sort((a, b) => b.timeS - a.timeS || (a.id < b.id ? -1 : 1));
}

const commitOf = (id: string, said: ReadonlyMap<string, string>): BlamedCommit => ({
  id,
  subject: said.get('summary') ?? '',
  author: said.get('author') ?? '',
  timeS: Number(said.get('committer-time')) || 0,
});

/** Newest commits among which a telling one is looked for. */
const NEAR = 6;
const BOT = /\[bot\]$|^(?:dependabot|renovate|greenkeeper|pre-commit-ci|github-actions)\b/i;

/** `commits` newest first. What a robot did and what only formats is passed over while something better is near. */
export function chooseChange(commits: readonly BlamedCommit[]): Explanation['change'] {
  const telling = commits
    .slice(0, NEAR)
    .find(({ subject, author }) => subject !== '' && !BOT.test(author) && commitFault(subject) === undefined);
  const chosen = telling ?? commits[0];
  return chosen && { id: chosen.id, subject: chosen.subject, timeS: chosen.timeS };
}
