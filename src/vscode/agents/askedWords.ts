/** What a request to the participant asks, and what was asked before it. */
import type * as vscode from 'vscode';

/** The prompt without the marks of what is attached: `how does #file:queue.ts retry?` asks how it retries. */
export function askedText({
  prompt,
  references,
  toolReferences = [],
}: Pick<vscode.ChatRequest, 'prompt' | 'references'> & Partial<Pick<vscode.ChatRequest, 'toolReferences'>>): string {
  const ranges = [...references, ...toolReferences].flatMap(({ range }) => (range ? [range] : []));
  const latestFirst = ranges.toSorted(([a], [b]) => b - a);
  const text = latestFirst.reduce((rest, [start, end]) => rest.slice(0, start) + rest.slice(end), prompt);
  return text
    .slice(0, MAX_TEXT)
    .toWellFormed()
    .replace(/[ \t]+/g, ' ')
    .trim();
}

/** UTF-16 units: what a question is about stands at its beginning. */
const MAX_TEXT = 10_000;

/** Questions of the chat that were answered before this one, the latest last. */
export const earlierQuestions = ({ history }: vscode.ChatContext): string[] => {
  const answered = answersIn(history);
  return answered.filter(({ id }, i) => id !== answered[i + 1]?.id).map(({ question }) => question);
};

/** The latest answer of the chat. */
export const lastAnswer = ({ history }: vscode.ChatContext): AnsweredTurn | undefined => answersIn(history).at(-1);

type AnsweredTurn = { readonly id: string; readonly question: string };

/** What the editor has kept of a response may be of another version. */
const answersIn = (history: vscode.ChatContext['history']): AnsweredTurn[] =>
  history.flatMap((turn) => {
    const metadata: unknown = 'result' in turn ? turn.result.metadata : undefined;
    const { kind, id, question } = (metadata ?? {}) as Readonly<Record<string, unknown>>;
    return kind === 'answer' && typeof id === 'string' && typeof question === 'string' ? [{ id, question }] : [];
  });
