/** The agents' tools over the real ones: ripgrep, git, SQLite, tree-sitter, files. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AgentTools } from '#node/agentTools/agentTools.ts';
import { createAgentTools } from '#node/agentTools/createAgentTools.ts';
import { MAX_REPLY_UNITS, QUOTED_NOTE } from '#node/agentTools/quotedText.ts';
import { createSearcher, type WorkspaceSearcher } from '#node/searcher.ts';
import { makeParcelWorkspace } from '../../../test/fakes/parcelWorkspace.ts';

let base = '';
let searcher: WorkspaceSearcher;
let tools: AgentTools;
const { signal } = new AbortController();

beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-agent-')));
  makeParcelWorkspace(join(base, 'parcel'));
  searcher = await createSearcher({ directories: [join(base, 'parcel')], storage: join(base, 'storage') });
  tools = createAgentTools(searcher, { ask: { policy: 'hand' } });
});
afterAll(async () => {
  await searcher.close();
  rmSync(base, { recursive: true, force: true });
});

describe('the tools of other agents', () => {
  test('answer a question with the citations of the searcher, as text and as data', async () => {
    const question = 'How long do failed uploads wait before they are tried again?';
    const { text, data } = await tools.searchCodebase({ question, places: 10 }, signal);
    const asked = await searcher.ask(question, { policy: 'hand' });
    expect(data.citations).toEqual(asked.citations);
    for (const { number, path, start, end } of data.citations)
      expect(text).toContain(`[${number}] \`${path}:${start}-${end}\``);
    expect(text).toContain(QUOTED_NOTE);
    expect(text.length).toBeLessThanOrEqual(MAX_REPLY_UNITS);
  });
});
