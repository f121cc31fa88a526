/** Reads the arguments of one command by its table of options, with errors that name the nearest valid one. */
import { parseArgs } from 'node:util';
import { UsageError } from '#cli/environment.ts';

export interface OptionSpec {
  readonly name: string;
  /** What stands for the value in the help, `DIR`; absent for a switch. */
  readonly value?: string;
  readonly repeated?: boolean;
  readonly help: string;
}

export interface ParsedArguments {
  readonly operands: readonly string[];
  /** Values by option name in their order; an empty list for a switch that is set. */
  readonly options: ReadonlyMap<string, readonly string[]>;
}

export function parseArguments(
  command: string,
  specs: readonly OptionSpec[],
  argv: readonly string[],
): ParsedArguments {
  const { tokens } = parseArgs({ args: [...argv], options: parserOptions(specs), strict: false, tokens: true });
  const operands: string[] = [];
  const options = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind === 'option') addOption(options, specOf(command, specs, token.name, token.rawName), token);
  }
  return { operands, options };
}

/** The value of an option that takes one. */
export const optionValue = (parsed: ParsedArguments, name: string): string | undefined => parsed.options.get(name)?.[0];

/** The value of an option as a whole number within the limits, both included. */
export function numberOption(parsed: ParsedArguments, name: string, least: number, most: number): number | undefined {
  const text = optionValue(parsed, name);
  if (text === undefined) return undefined;
  const number = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`--${name} takes a whole number from ${least} to ${most}, not "${text}".`);
}

/** The candidate with the fewest edits from `text`, if they are few enough to be a slip. */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates.map((candidate) => ({ candidate, distance: editDistance(text.toLowerCase(), candidate) }));
  const best = ranked.sort((a, b) => a.distance - b.distance)[0];
  return best && best.distance <= Math.max(2, Math.floor(best.candidate.length / 2)) ? best.candidate : undefined;
}

type OptionToken = {
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
};

const parserOptions = (specs: readonly OptionSpec[]): Record<string, { type: 'string' | 'boolean' }> => ({
  help: { type: 'boolean' },
  ...Object.fromEntries(specs.map((spec) => [spec.name, { type: spec.value ? 'string' : 'boolean' }] as const)),
});

function specOf(command: string, specs: readonly OptionSpec[], name: string, rawName: string): OptionSpec {
  const spec = specs.find((candidate) => candidate.name === name && rawName === `--${name}`);
  if (spec) return spec;
  const known = nearest(
    name,
    specs.map((candidate) => candidate.name),
  );
  const hint = known === undefined ? `"spoor ${command} --help" lists its options.` : `Did you mean --${known}?`;
  const minus = rawName.startsWith('--') ? '' : ' For a question that begins with "-", write "--" before it.';
  throw new UsageError(`spoor ${command} has no option ${rawName}. ${hint}${minus}`);
}

function addOption(options: Map<string, string[]>, spec: OptionSpec, token: OptionToken): void {
  const values = options.get(spec.name) ?? [];
  options.set(spec.name, values);
  if (!spec.value) {
    if (token.value !== undefined) throw new UsageError(`--${spec.name} takes no value.`);
    return;
  }
  const forgotten = token.value === undefined || (!token.inlineValue && token.value.startsWith('-'));
  if (forgotten || token.value === '')
    throw new UsageError(`--${spec.name} needs a value: --${spec.name} ${spec.value}`);
  if (values.length && !spec.repeated) throw new UsageError(`--${spec.name} is given twice. Give it once.`);
  values.push(token.value!);
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++)
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (letter === b[j] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
