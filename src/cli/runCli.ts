/** The command line as a function: picks the command, runs it, says what went wrong, returns the exit code. */
import { printable } from '#core/answer/plainText.ts';
import { nearest, parseArguments, type ParsedArguments } from '#cli/arguments.ts';
import { ask } from '#cli/ask.ts';
import { batch } from '#cli/batch.ts';
import { ASK, BATCH, COMMANDS, DOCTOR, PRETRAIN, TASKS } from '#cli/commands.ts';
import { CliError, EXIT, UsageError, type CliEnvironment } from '#cli/environment.ts';
import { FEEDBACK } from '#cli/feedbackCommand.ts';
import { commandHelp, programHelp } from '#cli/help.ts';
import { MCP } from '#cli/mcpCommand.ts';
import { SERVE } from '#cli/serveCommand.ts';
import { TRAIN } from '#cli/trainCommand.ts';
import { WorkspaceError } from '#node/workspace.ts';

type Run = (parsed: ParsedArguments, environment: CliEnvironment) => Promise<number>;

const RUNS: ReadonlyMap<string, Run> = new Map([
  [ASK.name, ask],
  [BATCH.name, batch],
  [TASKS.name, async (...given) => (await import('#cli/tasks.ts')).tasks(...given)],
  [FEEDBACK.name, async (...given) => (await import('#cli/feedback.ts')).feedback(...given)],
  [TRAIN.name, async (...given) => (await import('#cli/train.ts')).train(...given)],
  [PRETRAIN.name, async (...given) => (await import('#cli/pretrain.ts')).pretrain(...given)],
  [MCP.name, async (...given) => (await import('#cli/mcp.ts')).mcp(...given)],
  [SERVE.name, async (...given) => (await import('#cli/serve.ts')).serve(...given)],
  [DOCTOR.name, async (...given) => (await import('#cli/doctor.ts')).doctor(...given)],
]);

/** Never rejects. After an abort of `environment.signal` the code is that of an interrupted program. */
export async function runCli(environment: CliEnvironment, version: string): Promise<number> {
  try {
    return await runCommand(environment, version);
  } catch (error) {
    if (environment.signal.aborted) return EXIT.interrupted;
    for (const line of errorText(error).split('\n')) environment.stderr.write(`spoor: ${printable(line)}\n`);
    return isUsageError(error) ? EXIT.usage : EXIT.failed;
  }
}

async function runCommand(environment: CliEnvironment, version: string): Promise<number> {
  const [name, ...rest] = environment.argv;
  if (name === undefined) throw new UsageError('Name a command: spoor ask "QUESTION". "spoor --help" lists them.');
  if (name === '--help' || name === '-h' || name === 'help') return print(environment, programHelp(COMMANDS));
  if (name === '--version') return print(environment, `${version}\n`);
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (!command) throw new UsageError(unknownCommand(name));
  if (asksForHelp(rest)) return print(environment, commandHelp(command));
  return RUNS.get(command.name)!(parseArguments(command.name, command.options, rest), environment);
}

function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? undefined : end).some((argument) => argument === '--help' || argument === '-h');
}

function unknownCommand(name: string): string {
  if (/\s/.test(name)) return `To ask a question, put "ask" before it: spoor ask "${name.slice(0, 80)}"`;
  const names = COMMANDS.map((command) => command.name);
  const known = nearest(name, [...names, '--help', '--version']);
  return `spoor has no command "${name.slice(0, 80)}". ${known ? `Did you mean ${known}?` : `There are ${new Intl.ListFormat('en-GB').format(names)}.`}`;
}

function print(environment: CliEnvironment, text: string): number {
  environment.stdout.write(text);
  return EXIT.answered;
}

/** Those of the searcher are known by their names, so that it is not loaded for the sake of the help. */
const isUsageError = (error: unknown): error is Error =>
  error instanceof UsageError || (error instanceof Error && /^(Question|Policy)Error$/.test(error.name));

/** A sentence for what was expected to go wrong; the stack of a mistake of ours only where it is asked for. */
function errorText(error: unknown): string {
  if (isUsageError(error) || error instanceof CliError || error instanceof WorkspaceError) return error.message;
  if (process.env['SPOOR_DEBUG'] && error instanceof Error) return error.stack ?? error.message;
  const message = error instanceof Error ? error.message : String(error);
  return `${message}\nThis is a fault of spoor. With SPOOR_DEBUG=1 it prints where it happened.`;
}
