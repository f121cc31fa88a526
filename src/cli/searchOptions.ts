/** The options that `ask` and `batch` share, read and checked. */
import { nearest, numberOption, optionValue, type ParsedArguments } from '#cli/arguments.ts';
import { POLICY_NAMES } from '#cli/commands.ts';
import { UsageError, type CliEnvironment } from '#cli/environment.ts';
import { isModelPolicy, type ModelAccess } from '#node/policy/modelPolicies.ts';
import { ripgrepSettingOf } from '#node/ripgrep/findRipgrep.ts';
import type { AskOptions, SearcherOptions } from '#node/searcher.ts';

export interface SearchOptions {
  readonly searcher: Pick<SearcherOptions, 'docs' | 'history' | 'rg' | 'models'>;
  readonly ask: Pick<AskOptions, 'turns' | 'seed'> & { readonly policy?: string };
}

/** Named, so that no other policy takes its place: what is measured is what was asked for. */
export const measuredPolicy = ({ ask }: SearchOptions): string => ask.policy ?? POLICY_NAMES[0]!;

export function searchOptions(parsed: ParsedArguments, { env }: Pick<CliEnvironment, 'env'>): SearchOptions {
  const rg = ripgrepSettingOf(env);
  const policy = optionValue(parsed, 'policy');
  const turns = numberOption(parsed, 'turns', 1, 4);
  const seed = numberOption(parsed, 'seed', 0, 2 ** 32 - 1);
  return {
    searcher: {
      docs: !parsed.options.has('no-docs'),
      history: !parsed.options.has('no-history'),
      ...(rg && { rg }),
      ...(policy !== undefined && isModelPolicy(policy) && { models: modelAccess(env) }),
    },
    ask: {
      ...(policy !== undefined && { policy: policyNamed(policy) }),
      ...(turns !== undefined && { turns }),
      ...(seed !== undefined && { seed }),
    },
  };
}

function modelAccess(env: CliEnvironment['env']): ModelAccess {
  const key = env['SPOOR_MODEL_KEY'];
  return key ? { key } : {};
}

/** The options besides the policy that differ from the defaults, as they would be typed: `--turns 2 --no-docs`. */
export function optionsText({ searcher, ask }: SearchOptions): string {
  const parts: string[] = [];
  const isDefault = ask.turns === 4 && !isModelPolicy(ask.policy ?? '');
  if (ask.turns !== undefined && !isDefault) parts.push(`--turns ${ask.turns}`);
  if (searcher.docs === false) parts.push('--no-docs');
  if (searcher.history === false) parts.push('--no-history');
  if (ask.seed) parts.push(`--seed ${ask.seed}`);
  return parts.join(' ');
}

/** A name, a file (what ends in `.onnx` or has a slash), or a language model. */
function policyNamed(name: string): string {
  if (isModelPolicy(name)) return name;
  if (POLICY_NAMES.includes(name) || /[\\/]|\.onnx$/.test(name)) return name;
  const known = nearest(name, POLICY_NAMES);
  const hint = known ? `Did you mean ${known}?` : `There are ${POLICY_NAMES.join(', ')} and model files (.onnx).`;
  throw new UsageError(`There is no policy "${name}". ${hint}`);
}
