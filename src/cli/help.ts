/** The texts of `--help`, made from the same tables that the parser reads. */
import type { OptionSpec } from '#cli/arguments.ts';

export interface CommandSpec {
  readonly name: string;
  /** The arguments after the name: `QUESTION [options]`. */
  readonly usage: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Paragraphs below the usage, wrapped by hand. */
  readonly about: string;
  readonly options: readonly OptionSpec[];
  readonly examples: readonly string[];
}

const EXIT_CODES = `Exit codes
  0    answered; for batch: every row was answered
  1    failed; for batch: a row failed, or a citation did not hold
  2    wrong usage
  3    not found: nothing in the workspace answers the question
  4    train: nothing better was learned, or too little to learn from; the policy in use stays
  130  stopped by Ctrl-C (143 and 129 by the signals TERM and HUP)`;

const VARIABLES = `Environment variables
  SPOOR_RG         full path of the ripgrep program to use instead of the bundled one
  SPOOR_CACHE      folder for what can be made again (docs index, commits); safe to delete
  SPOOR_MODEL_KEY  key for the server of a language model, if it wants one
  NO_COLOR         no colours on a terminal
  SPOOR_DEBUG      where it happened, for a fault of Spoor`;

export function programHelp(commands: readonly CommandSpec[]): string {
  const list = table(commands.map((command) => [command.name, command.summary] as const));
  return `Spoor answers questions about a codebase with verified citations, on this machine.

Usage: spoor COMMAND …

Commands
${list}

"spoor COMMAND --help" tells more about each. "spoor --version" prints the version.

${EXIT_CODES}

${VARIABLES}
`;
}

export function commandHelp(command: CommandSpec): string {
  const options = command.options.map((option) => [optionHead(option), option.help] as const);
  return `Usage: spoor ${command.name} ${command.usage}

${command.about}

Options
${table([...options, ['--help', 'Print this text.']])}

Examples
${command.examples.map((example) => `  ${example}`).join('\n')}

${EXIT_CODES}
`;
}

const optionHead = (option: OptionSpec): string =>
  `--${option.name}${option.value ? ` ${option.value}` : ''}${option.repeated ? ' …' : ''}`;

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([head]) => head.length));
  const margin = ' '.repeat(width + 4);
  return rows.map(([head, text]) => `  ${head.padEnd(width)}  ${text.replaceAll('\n', `\n${margin}`)}`).join('\n');
}
