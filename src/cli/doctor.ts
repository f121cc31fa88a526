/** `spoor doctor`: whether all that Spoor needs works, and what to do about what does not. */
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { printable } from '#core/answer/plainText.ts';
import type { ParsedArguments } from '#cli/arguments.ts';
import { POLICY_NAMES } from '#cli/commands.ts';
import { EXIT, UsageError, type CliEnvironment } from '#cli/environment.ts';
import { searchOptions, type SearchOptions } from '#cli/searchOptions.ts';
import { createDocsTool } from '#node/docs/docsTool.ts';
import { runChecks } from '#node/service/checks.ts';
import type { Check, DocsStatus } from '#node/service/searchService.ts';
import { cacheDirectory } from '#node/storage.ts';
import { Workspace } from '#node/workspace.ts';

export async function doctor(parsed: ParsedArguments, environment: CliEnvironment): Promise<number> {
  if (parsed.operands.length)
    throw new UsageError('spoor doctor takes options only. Name a folder by --workspace DIR.');
  const options = searchOptions(parsed, environment);
  const named = parsed.options.get('workspace') ?? ['.'];
  const workspace = Workspace.open(named.map((directory) => resolve(environment.cwd, directory)));
  const { searcher, ask } = options;
  const storage = cacheDirectory(environment.env);
  const docs = searcher.docs === false ? undefined : await docsStatus(workspace, storage, options, environment.signal);
  const checks = await runChecks(
    {
      storage,
      docs: searcher.docs !== false,
      history: searcher.history !== false,
      policy: ask.policy ?? POLICY_NAMES[0]!,
      runtime: 'auto',
      ...(searcher.rg && { rg: searcher.rg }),
    },
    docs,
  );
  environment.stdout.write(reportText(checks));
  return checks.every(({ ok }) => ok) ? EXIT.answered : EXIT.failed;
}

/** A line for each check, with a second one where there is something to do, and a last one for all. */
export function reportText(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, ok, found, remedy }) => [
    `${ok ? 'ok    ' : 'wrong '} ${name.padEnd(width)}  ${printable(found)}`,
    ...(remedy === undefined ? [] : [`${' '.repeat(width + 9)}${printable(remedy)}`]),
  ]);
  const failed = checks.filter(({ ok }) => !ok).length;
  const all = failed ? `${failed} of ${checks.length} checks found something wrong.` : 'All is well.';
  return `${[...lines, all].join('\n')}\n`;
}

/** Longest wait for the index; one that takes more is told as far as it is. */
const INDEX_MS = 10_000;

async function docsStatus(
  workspace: Workspace,
  storageDirectory: string,
  { searcher }: SearchOptions,
  signal: AbortSignal,
): Promise<DocsStatus> {
  const docs = createDocsTool({ workspace, storageDirectory, rg: searcher.rg });
  const waiting = new AbortController();
  try {
    const tooLong = delay(INDEX_MS, undefined, { signal: AbortSignal.any([signal, waiting.signal]) });
    await Promise.race([docs.ready(), tooLong.catch(() => undefined)]);
    return { ...docs.state(), paused: false };
  } finally {
    waiting.abort();
    await docs.close();
  }
}
