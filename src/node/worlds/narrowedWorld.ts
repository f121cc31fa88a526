/** World tools with what a user's question is searched with: inside of its scope, and in the documents that it asks for. */
import { questionTools, type SearchedPlaces } from '#core/agent/questionTools.ts';
import { insideOfScope } from '#core/agent/scopedTools.ts';
import { askedKind } from '#core/search/askedKind.ts';
import { parseQuestion } from '#core/search/question.ts';
import type { WorldTools } from '#node/worlds/worldTools.ts';

/** Files outside of the scope stand in commits, and must not be told of. */
export function narrowedWorld(tools: WorldTools, text: string, places: SearchedPlaces): WorldTools {
  const isInside = insideOfScope(places.scope, askedKind(text));
  return {
    ...tools,
    ...questionTools(tools, parseQuestion(text), places),
    async sharedCommits(paths, context) {
      const found = await tools.sharedCommits(paths, context);
      if (!found.ok) return found;
      const commits = found.value.commits.map(({ files, weight }) => ({ files: files.filter(isInside), weight }));
      return { ...found, value: { ...found.value, commits } };
    },
  };
}
