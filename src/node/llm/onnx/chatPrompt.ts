/**
 * The text of a conversation as a model was trained on it. What people, files and tools said may hold the model's own
 * control tokens (`<|im_end|>`); they are broken there, or a file that was quoted could end its turn and give orders.
 */
import type { ChatMessage, ChatRequest } from '#core/llm/chatModel.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { renderTemplate } from './chatTemplate.ts';
import { describeTools, writtenCall, writtenResult } from './toolWriting.ts';

export interface ChatPrompt {
  readonly text: string;
  /** Whether the tokens that begin every text are still to be put before it. */
  readonly needsStart: boolean;
  /** Texts at which the reply is over, beside the model's own ends. */
  readonly stop: readonly string[];
}

export interface ChatForm {
  readonly template?: string;
  /** Texts of the model's control tokens. */
  readonly controls: readonly string[];
  /** Names of special tokens that templates use: `bos_token`. */
  readonly names: Readonly<Record<string, string>>;
}

/** Throws a `ModelFailure` when the model's template does not take the conversation. */
export function chatPrompt({ template, controls, names }: ChatForm, { messages, tools = [] }: ChatRequest): ChatPrompt {
  const safe = messages.map((message) => ({ ...message, text: breakControls(message.text, controls) }));
  if (template === undefined) return plainPrompt(withToolsWritten(safe, tools));
  const knowsTools = /\btools\b/.test(template);
  const said = knowsTools ? safe : withToolsWritten(safe, tools);
  const render = (list: readonly ChatMessage[]): string =>
    renderTemplate(template, {
      ...names,
      messages: list.map(templateMessage),
      ...(knowsTools && tools.length > 0 && { tools: tools.map((each) => ({ type: 'function', function: each })) }),
      add_generation_prompt: true,
      // Models that think at length before they answer do so only when asked to.
      enable_thinking: false,
    });
  return { text: renderedOr(render, said), needsStart: false, stop: [] };
}

/** Some models know no system role: then its text begins what the user says first. */
function renderedOr(render: (list: readonly ChatMessage[]) => string, messages: readonly ChatMessage[]): string {
  try {
    return render(messages);
  } catch (error) {
    const [first, second, ...rest] = messages;
    if (first?.role !== 'system' || second?.role !== 'user') throw error;
    return render([{ role: 'user', text: `${first.text}\n\n${second.text}` }, ...rest]);
  }
}

/** The first character is set apart: to a reader it is the same, to the tokenizer it is not. */
export function breakControls(text: string, controls: readonly string[]): string {
  let broken = text;
  for (const control of controls)
    if (broken.includes(control)) broken = broken.replaceAll(control, `${control[0]} ${control.slice(1)}`);
  return broken;
}

/** A message in the form that templates know. */
function templateMessage(message: ChatMessage): Record<string, unknown> {
  const said = { role: message.role, content: message.text };
  if (message.role === 'tool') return { ...said, tool_call_id: message.callId };
  if (message.role !== 'assistant' || !message.calls?.length) return said;
  const calls = message.calls.map(({ id, name, argumentsText }) => ({
    id,
    type: 'function',
    function: { name, arguments: parsed(argumentsText) },
  }));
  return { ...said, tool_calls: calls };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** For models whose form has no place for tools: all about them is said in words. */
function withToolsWritten(messages: readonly ChatMessage[], tools: NonNullable<ChatRequest['tools']>): ChatMessage[] {
  const written = messages.map((message): ChatMessage => {
    if (message.role === 'tool') return { role: 'user', text: writtenResult(message.text) };
    if (message.role !== 'assistant' || !message.calls) return message;
    return { role: 'assistant', text: [message.text, ...message.calls.map(writtenCall)].filter(Boolean).join('\n') };
  });
  if (tools.length === 0) return written;
  const [first, ...rest] = written;
  const text = describeTools(tools);
  if (first?.role === 'system') return [{ role: 'system', text: `${first.text}\n\n${text}` }, ...rest];
  return [{ role: 'system', text }, ...written];
}

const SPEAKERS = { system: '', user: 'User: ', assistant: 'Assistant: ', tool: 'User: ' } as const;

/** For models without a template: base models mostly go on with a conversation that is written like this. */
function plainPrompt(messages: readonly ChatMessage[]): ChatPrompt {
  if (messages.length === 0) throw new ModelFailure('failed', 'There is nothing to answer: say something first.');
  const turns = messages.map(({ role, text }) => `${SPEAKERS[role]}${text}\n\n`);
  return { text: `${turns.join('')}Assistant:`, needsStart: true, stop: ['\nUser:', '\nAssistant:'] };
}
