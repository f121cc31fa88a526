/** Commits by what their messages say, for another agent. */
import type { Commit } from '#core/agent/tools.ts';
import { codeMarkdown } from '#core/answer/markdownText.ts';
import { gitFor } from '#node/explain/lastChange.ts';
import { PLAIN_LOG, runGit } from '#node/history/git.ts';
import { isSecret } from '#node/secrets.ts';
import type { WorkspaceSearcher } from '#node/searcher.ts';
import type { AgentReply, FoundCommit } from './agentTools.ts';
import { wordsOf, type AgentContext } from './docsReply.ts';
import { lineText, QUOTED_NOTE, quotedText, type QuotedPlace } from './quotedText.ts';
import { waitForIndex } from './waitForIndex.ts';

type Parts = Pick<WorkspaceSearcher, 'tools' | 'workspace'>;

/** Throws `QuestionError` for a text without a word to search for. */
export async function historyReply(
  parts: Parts,
  { query, limit }: { readonly query: string; readonly limit: number },
  context: AgentContext,
): Promise<AgentReply<readonly FoundCommit[]>> {
  const { history } = parts.tools;
  const request = { terms: wordsOf(query), limit };
  let result = await history.search(request, context);
  if (result.ok && !result.value.state.complete && (await waitForIndex(history.ready(), context.signal)))
    result = await history.search(request, context);
  const commits = result.ok ? result.value.commits.map(({ commit }) => commit) : [];
  const messages = await readMessages(
    commits.map(({ id }) => id),
    parts,
    context,
  );
  const data = commits.map((commit) => foundCommit(commit, messages.get(commit.id)));
  const notes = historyNotes(result).map((note) => lineText(note));
  const above = [
    data.length ? `${data.length} ${data.length === 1 ? 'commit' : 'commits'}, best first.` : 'No commit message fits.',
    ...notes.map((note) => `Note: ${note}`),
    ...(data.length ? [QUOTED_NOTE] : []),
  ];
  return { text: quotedText(above, data.map(quotedCommit), []), data, notes };
}

type Found = Awaited<ReturnType<WorkspaceSearcher['tools']['history']['search']>>;

function historyNotes(result: Found): string[] {
  if (!result.ok) return [result.message];
  const { commits, complete } = result.value.state;
  if (result.partial !== undefined) return [result.partial];
  return complete ? [] : [`The history is still being read: ${commits} commits so far. Ask again for more.`];
}

/** Files that a commit is shown with. */
const MAX_FILES = 20;
/** UTF-16 units of a message. */
const MAX_MESSAGE_UNITS = 4_000;

const foundCommit = ({ id, timeS, subject, files }: Commit, message: string | undefined): FoundCommit => ({
  id,
  date: new Date(timeS * 1_000).toISOString(),
  message: (message ?? subject).slice(0, MAX_MESSAGE_UNITS).toWellFormed(),
  files: files.filter((path) => !isSecret(path)).slice(0, MAX_FILES),
});

const quotedCommit = ({ id, date, message, files }: FoundCommit): QuotedPlace => ({
  head: [
    `commit ${id.slice(0, 12)} · ${date.slice(0, 10)}`,
    ...(files.length ? [`changed ${lineText(files.map(codeMarkdown).join(', '), 600)}`] : []),
  ].join(' · '),
  path: '',
  start: 1,
  lines: message.split('\n'),
});

/** Whole messages by commit; the index has only their first lines. A commit that no repository has is left out. */
async function readMessages(
  ids: readonly string[],
  { workspace }: Parts,
  context: AgentContext,
): Promise<ReadonlyMap<string, string>> {
  const messages = new Map<string, string>();
  const { git, end } = gitFor({ workspace }, context);
  try {
    for (const { directory } of workspace.roots) {
      const missing = ids.filter((id) => !messages.has(id));
      if (missing.length === 0) break;
      const args = [
        'log',
        ...PLAIN_LOG,
        '--no-walk=unsorted',
        '--ignore-missing',
        '-z',
        '--encoding=UTF-8',
        '--format=%H %B',
      ];
      const { outcome, stdout } = await runGit(git, directory, [...args, ...missing, '--']);
      if (outcome !== 'ended') continue;
      for (const entry of stdout.split('\0')) {
        const space = entry.indexOf(' ');
        if (space > 0) messages.set(entry.slice(0, space), entry.slice(space + 1).trimEnd());
      }
    }
    return messages;
  } finally {
    end();
  }
}
