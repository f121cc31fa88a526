/** The question of a command line: its words, or standard input for `-`. */
import { UsageError, type CliEnvironment } from '#cli/environment.ts';

/** UTF-16 units. The longest issue texts that people paste have a few thousand. */
export const MAX_QUESTION = 10_000;

export async function questionFrom(operands: readonly string[], environment: CliEnvironment): Promise<string> {
  const fromInput = operands.length === 1 && operands[0] === '-';
  const text = fromInput ? await readInput(environment.stdin) : operands.join(' ');
  const problem = questionProblem(text);
  if (problem) throw new UsageError(problem);
  return text.trim();
}

/** What is wrong with a question, as a sentence; undefined if nothing is. */
export function questionProblem(text: string): string | undefined {
  if (!text.trim())
    return 'The question is empty. Write what you want to know in quotes, or "-" to read it from standard input.';
  if (text.length <= MAX_QUESTION) return undefined;
  const most = MAX_QUESTION.toLocaleString('en');
  return `The question has more than ${most} characters. Ask with its most telling part.`;
}

/** Standard input as text; stops reading soon after it is too long for a question. */
async function readInput(stdin: AsyncIterable<Uint8Array | string>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stdin) {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    if (text.length > MAX_QUESTION * 2) break;
  }
  return text + decoder.decode();
}
