/** Where names are defined, for another agent. */
import type { CallContext, Definition } from '#core/agent/tools.ts';
import { codeMarkdown } from '#core/answer/markdownText.ts';
import { QuestionError, type WorkspaceSearcher } from '#node/searcher.ts';
import type { Workspace } from '#node/workspace.ts';
import { agentScope } from './agentScope.ts';
import type { AgentReply, FindDefinitionsInput } from './agentTools.ts';
import { lineText, placeName, QUOTED_NOTE, quotedText, type QuotedPlace } from './quotedText.ts';

type Parts = Pick<WorkspaceSearcher, 'tools' | 'workspace'>;

/** Names of one call. */
export const MAX_NAMES = 8;
/** Definitions of one reply. */
export const MAX_DEFINITIONS = 20;
/** Lines of a definition that are quoted. */
const MAX_QUOTED_LINES = 80;

/** Throws `QuestionError` for no name and for a scope outside of the workspace. */
export async function definitionsReply(
  { tools, workspace }: Parts,
  { names, scope }: FindDefinitionsInput,
  context: CallContext,
): Promise<AgentReply<readonly Definition[]>> {
  const wanted = wantedNames(names);
  const under = agentScope(workspace, scope);
  const request = { names: [...new Set(wanted.map(({ name }) => name))], ...(under.length && { under }) };
  const result = await tools.symbols.definitions(request, context);
  const found = result.ok ? result.value.filter((definition) => isWanted(definition, wanted, result.value)) : [];
  const data = found.slice(0, MAX_DEFINITIONS);
  const notes = [
    ...(result.ok ? (result.partial === undefined ? [] : [result.partial]) : [result.message]),
    ...(found.length > data.length ? [`${found.length - data.length} more definitions are left out.`] : []),
  ].map((note) => lineText(note));
  const places = await Promise.all(data.map((definition) => quotedDefinition(definition, tools, workspace, context)));
  return { text: quotedText(introduction(wanted, data, notes), places, []), data, notes };
}

/** `Queue.send` and `queue::send()` ask for `send`, best one of a `Queue`. */
interface WantedName {
  readonly name: string;
  readonly inside: string | undefined;
}

function wantedNames(names: readonly string[]): WantedName[] {
  const wanted = names.slice(0, MAX_NAMES).flatMap((name) => {
    const parts = name
      .trim()
      .replace(/\s*\(.*$/s, '')
      .split(/::|->|[.#]/)
      .filter(Boolean);
    const last = parts.pop();
    return last ? [{ name: last.slice(0, MAX_NAME_UNITS), inside: parts.at(-1) }] : [];
  });
  if (wanted.length === 0)
    throw new QuestionError('There is no name to look for. Give the exact name of a function, class or other symbol.');
  return wanted;
}

const MAX_NAME_UNITS = 200;

/** A definition of the name; where it was asked for inside of another and there is one, only that. */
function isWanted(definition: Definition, wanted: readonly WantedName[], all: readonly Definition[]): boolean {
  return wanted.some(({ name, inside }) => {
    if (definition.name !== name) return false;
    const fits = (one: Definition): boolean => inside !== undefined && one.inside.includes(inside);
    return fits(definition) || !all.some((one) => one.name === name && fits(one));
  });
}

function introduction(wanted: readonly WantedName[], found: readonly Definition[], notes: readonly string[]): string[] {
  const missing = wanted.filter(({ name }) => !found.some((definition) => definition.name === name));
  return [
    found.length ? `${found.length} ${found.length === 1 ? 'definition' : 'definitions'} found.` : '',
    missing.length
      ? `No definition found of ${missing.map(({ name }) => codeMarkdown(lineText(name))).join(', ')}. Names are case-sensitive.`
      : '',
    ...notes.map((note) => `Note: ${note}`),
    found.length ? QUOTED_NOTE : '',
  ];
}

async function quotedDefinition(
  definition: Definition,
  { read }: Parts['tools'],
  workspace: Workspace,
  context: CallContext,
): Promise<QuotedPlace> {
  const { name, kind, inside, span, signature } = definition;
  const { path, start } = span;
  const range = { start, end: Math.min(span.end, start + MAX_QUOTED_LINES - 1) };
  const result = workspace.resolve(path) === undefined ? undefined : await read.read({ path, range }, context);
  const lines = result?.ok ? result.value.lines : [signature];
  return { head: `${placeName(span)} · ${kind} ${codeMarkdown([...inside, name].join('.'))}`, path, start, lines };
}
