/** A folder for a test's repositories, with history tools over them that are closed at its end. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { CallContext, HistoryResult, ToolResult } from '#core/agent/tools.ts';
import { termOf } from '#core/search/words.ts';
import { createHistoryTool, type HistoryIndex } from '#node/history/historyTool.ts';
import { Workspace } from '#node/workspace.ts';

/** Each test of the file gets an empty folder. */
export function useHistoryScene(): HistoryScene {
  let directory = '';
  let tools: HistoryIndex[] = [];
  beforeEach(() => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-history-')));
  });
  afterEach(async () => {
    await Promise.all(tools.map((tool) => tool.close()));
    tools = [];
    rmSync(directory, { recursive: true, force: true });
  });
  const at = (...parts: string[]): string => join(directory, ...parts);
  return {
    at,
    openTool(folders, git) {
      const workspace = Workspace.open(folders.map((folder) => at(folder)));
      const tool = createHistoryTool({ workspace, storageDirectory: at('storage'), ...(git && { git }) });
      tools.push(tool);
      return tool;
    },
  };
}

export interface HistoryScene {
  /** A path in the test's folder. */
  at(...parts: string[]): string;
  /** A tool over these folders; they share the folder `storage`. */
  openTool(folders: readonly string[], git?: string): HistoryIndex;
}

export const unhurried: CallContext = { signal: new AbortController().signal, timeoutMs: 20_000 };

export const askHistory = (tool: HistoryIndex, words: string, limit = 10): Promise<ToolResult<HistoryResult>> =>
  tool.search({ terms: words.split(' ').map((word) => termOf(word)!), limit }, unhurried);

/** Searches the complete history; throws a failure's message. */
export async function findInHistory(tool: HistoryIndex, words: string, limit?: number): Promise<FoundHistory> {
  await tool.ready();
  const result = await askHistory(tool, words, limit);
  if (!result.ok) throw new Error(result.message);
  return result.partial === undefined ? result.value : { ...result.value, partial: result.partial };
}

export type FoundHistory = HistoryResult & { partial?: string };

export const subjectsOf = ({ commits }: HistoryResult): string[] => commits.map(({ commit }) => commit.subject);
