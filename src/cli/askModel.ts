/** The language model of `spoor ask --model`. It is opened while the search runs, and asked when the answer is there. */
import type { Answer } from '#core/answer/answer.ts';
import type { Prose } from '#core/answer/prose.ts';
import { writeProse } from '#core/llm/writeProse.ts';
import { optionValue, type ParsedArguments } from '#cli/arguments.ts';
import { UsageError, type CliEnvironment } from '#cli/environment.ts';
import { modelNameFault, openChatModel, type OpenedModel } from '#node/llm/openChatModel.ts';

export interface AskModel {
  /** As the user named it. */
  readonly name: string;
  /** Never rejects: a model that cannot be opened or that fails is told in the prose. */
  write(answer: Answer, emit?: (prose: Prose) => void): Promise<Prose>;
  close(): Promise<void>;
}

/** The model that the command line names; undefined without `--model`. Throws a `UsageError` for what names none. */
export function askModel(parsed: ParsedArguments, { env, cwd, signal }: CliEnvironment): AskModel | undefined {
  const name = optionValue(parsed, 'model');
  if (name === undefined) return undefined;
  const fault = modelNameFault(name, cwd);
  if (fault !== undefined) throw new UsageError(fault);
  const key = env['SPOOR_MODEL_KEY'];
  const opening = openChatModel(name, { cwd, ...(key && { key }) }).catch(toError);
  return {
    name,
    async write(answer, emit) {
      const opened = await opening;
      if (opened instanceof Error) return { model: name, sentences: [], state: 'failed', notes: [opened.message] };
      return writeProse({ model: opened.model, answer, ...(emit && { emit }) }, signal);
    },
    async close() {
      const opened: OpenedModel | Error = await opening;
      if (!(opened instanceof Error)) await opened.close();
    },
  };
}

const toError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
