/**
 * Searches what is seen of the history by messages, and joins what several workspace folders find.
 */
import type { Commit, CommitHit, HistoryResult, ToolResult } from '#core/agent/tools.ts';
import { stemOf, type Term } from '#core/search/words.ts';
import { BitSet } from '#node/history/bitSet.ts';
import type { CommitStore } from '#node/history/commitStore.ts';
import { currentName } from '#node/history/currentNames.ts';
import { rankCommits } from '#node/history/rankCommits.ts';
import { success, workspacePath, type SeenHistory, type SeenRoot } from '#node/history/seenHistory.ts';

/** Best first; equals by newest and then by id. Files stand under their present names. */
export function searchHistory(history: SeenHistory, terms: readonly Term[], limit: number): ToolResult<HistoryResult> {
  const stems = terms.flatMap((term) => term.parts.map(stemOf));
  const hits = new Map<string, CommitHit>();
  for (const seen of history.seen)
    for (const { number, score } of rankCommits(seen.view, stems, limit)) {
      const hit = { commit: commitAt(seen, number), score };
      const same = hits.get(hit.commit.id);
      hits.set(hit.commit.id, same ? joinHits(same, hit) : hit);
    }
  const commits = [...hits.values()].sort(byScore).slice(0, Math.max(0, limit));
  return success(
    { commits, state: { commits: countMembers(history.seen), complete: history.complete } },
    history.notes,
  );
}

/** The same commit seen from two folders of one repository. */
const joinHits = (a: CommitHit, b: CommitHit): CommitHit => ({
  commit: { ...a.commit, files: [...new Set([...a.commit.files, ...b.commit.files])].sort() },
  score: Math.max(a.score, b.score),
});

const byScore = (a: CommitHit, b: CommitHit): number =>
  b.score - a.score || b.commit.timeS - a.commit.timeS || (a.commit.id < b.commit.id ? -1 : 1);

function commitAt(seen: SeenRoot, number: number): Commit {
  const { view } = seen;
  const { subject, paths, fileCount } = view.store.rowOf(number);
  const names = Array.from(paths, (path) => view.store.pathOf(currentName(view, path, number)));
  const files = names.flatMap((name) => workspacePath(seen, name) ?? []);
  return {
    id: view.store.idOf(number),
    timeS: view.store.timeOf(number),
    subject,
    files: [...new Set(files)].sort(),
    fileCount,
  };
}

/** Ancestors in all folders; those of folders in one repository count once. */
function countMembers(seen: readonly SeenRoot[]): number {
  const byStore = new Map<CommitStore, BitSet>();
  for (const { view } of seen) {
    const members = byStore.get(view.store) ?? new BitSet();
    members.addAll(view.members);
    byStore.set(view.store, members);
  }
  return [...byStore.values()].reduce((sum, members) => sum + members.size, 0);
}
