/** The driver's side of the extension in `agentProbe/`: another agent in the same editor. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { answerOf, packProbe } from './measure/probe.ts';
import { until } from './until.ts';

/** What a call gave, or the error's name and sentence. */
export interface Said {
  readonly text?: string;
  readonly error?: string;
}

export interface ToolCall {
  readonly name: string;
  readonly input: object;
  readonly tokenBudget?: number;
  /** Cancels it at once. */
  readonly cancel?: boolean;
}

export interface AgentProbe {
  tools(): Promise<readonly { readonly name: string; readonly description: string }[]>;
  invoke(call: ToolCall): Promise<Said>;
  models(): Promise<readonly { readonly id: string; readonly vendor: string; readonly name: string }[]>;
  /** Asks the first model of a vendor, with messages of the user. */
  ask(asked: { vendor: string; texts: readonly string[] }): Promise<Said>;
  /** Has the probe's own model say this from now on, piece by piece. Without it there is no such model. */
  script(pieces: readonly (string | { readonly error: string })[]): Promise<unknown>;
  /** What the probe's model was sent. */
  sent(): Promise<readonly string[]>;
  run(command: string, ...args: readonly unknown[]): Promise<unknown>;
}

export const packAgentProbe = (folder: string): Promise<string> =>
  packProbe(folder, join(import.meta.dirname, 'agentProbe'));

/** @param socket the value of `SPOOR_PROBE` */
export function openAgentProbe(socket: string): AgentProbe {
  const call = async <T>(what: string, given: unknown = {}): Promise<T> => {
    await until('answer of the probe', () => existsSync(socket));
    return answerOf<T>(socket, what, given);
  };
  return {
    tools: () => call('tools'),
    invoke: (asked) => call('invoke', asked),
    models: () => call('models'),
    ask: (asked) => call('ask', asked),
    script: (pieces) => call('script', pieces),
    sent: () => call('sent'),
    run: (command, ...args) => call('run', { command, args }),
  };
}
