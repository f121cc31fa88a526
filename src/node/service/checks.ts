/** What Spoor needs, tried out: the doctor's findings with what to do about them. */
import { mkdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '#node/childProcesses.ts';
import { INDEX_FAILED } from '#node/docs/docsIndexer.ts';
import { runGit } from '#node/history/git.ts';
import { loadRuntime, type RuntimeChoice } from '#node/onnx/runtimes.ts';
import { openPolicy } from '#node/policy/policies.ts';
import { findRipgrep, type RipgrepRung } from '#node/ripgrep/findRipgrep.ts';
import { createSearcherPolicies } from '#node/searcherPolicies.ts';
import { askedPolicy } from '#node/service/liveWorkspace.ts';
import { policyStatus } from '#node/service/policyStatus.ts';
import type { Check, DocsStatus, ServiceSettings } from '#node/service/searchService.ts';

export type CheckedSettings = Pick<
  ServiceSettings,
  'storage' | 'docs' | 'history' | 'policy' | 'runtime' | 'rg' | 'appRoot'
> &
  Partial<Pick<ServiceSettings, 'folders' | 'policyFile' | 'policies'>>;

/**
 * One check for each name, in a fixed order. Programs are started, the model is run, a file is written and removed.
 * @param docs state of the index; undefined where no folder is open. Never rejects.
 */
export function runChecks(settings: CheckedSettings, docs: DocsStatus | undefined): Promise<Check[]> {
  const { storage, history, runtime } = settings;
  return Promise.all([
    checked('ripgrep', () => checkRipgrep(settings)),
    checked('git', () => checkGit(history)),
    checked('runtime', () => checkRuntime(runtime)),
    checked('docs', () => Promise.resolve(checkDocs(settings.docs, docs))),
    checked('policy', () => checkPolicy(settings)),
    checked('storage', () => checkStorage(storage)),
  ]);
}

/** What is well has nothing to be done about it. */
type Finding = Pick<Check, 'found' | 'remedy'>;

const TIMEOUT_MS = 10_000;
const LEAST_FREE_BYTES = 200_000_000;

async function checked(name: Check['name'], check: () => Promise<Finding>): Promise<Check> {
  const { found, remedy } = await check().catch(failed);
  return { name, ok: remedy === undefined, found, ...(remedy !== undefined && { remedy }) };
}

/** An error's last sentence says what to do. */
function failed(error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  const cut = message.lastIndexOf('. ') + 1;
  return cut > 0
    ? { found: message.slice(0, cut), remedy: message.slice(cut + 1) }
    : { found: message, remedy: 'Install Spoor anew.' };
}

const FROM: Readonly<Record<RipgrepRung, string>> = {
  setting: 'is set by you',
  own: 'comes with Spoor',
  vscode: 'comes with the editor',
  'vscode-legacy': 'comes with the editor',
  path: 'is on the PATH',
};

async function checkRipgrep({ rg, appRoot }: CheckedSettings): Promise<Finding> {
  const binary = findRipgrep({ setting: rg, appRoot });
  if (!binary.ok) throw new Error(binary.message);
  const { file, from } = binary.value;
  const chunks: Buffer[] = [];
  const onStdout = (chunk: Buffer): void => void chunks.push(chunk);
  const run = await runProgram(file, ['--no-config', '--version'], {
    cwd: tmpdir(),
    timeoutMs: TIMEOUT_MS,
    maxBytes: 10_000,
    onStdout,
  });
  const version = /^ripgrep (\S{1,40})/.exec(Buffer.concat(chunks).toString())?.[1];
  if (run.code === 0 && version) return { found: `ripgrep ${version} ${FROM[from]}: ${file}` };
  const remedy = from === 'setting' ? 'Correct the path that is set, or take the setting away.' : 'Install Spoor anew.';
  return { found: `${file} is not ripgrep, or cannot be started.`, remedy };
}

async function checkGit(isUsed: boolean): Promise<Finding> {
  if (!isUsed) return { found: 'The history is switched off, so git is not used.' };
  const git = { program: 'git', signal: new AbortController().signal };
  const { outcome, code, stdout } = await runGit(git, tmpdir(), ['--version']);
  if (outcome === 'ended' && code === 0) return { found: `${stdout.trim().slice(0, 80)}.` };
  const remedy = 'Install git or add it to the PATH; until then, answers do without the history.';
  return { found: 'Git could not be started.', remedy };
}

/** Loads the runtime and has it run the shipped model. */
async function checkRuntime(choice: RuntimeChoice): Promise<Finding> {
  const { name } = await loadRuntime(choice);
  const shipped = await openPolicy('learned', choice);
  await shipped.close();
  if (name === 'native')
    return { found: `ONNX Runtime runs the model, built for ${process.platform}-${process.arch}.` };
  const why = choice === 'wasm' ? 'as it is set' : 'because there is no native build that can be loaded here';
  return { found: `ONNX Runtime runs the model in WebAssembly, ${why}.` };
}

function checkDocs(isUsed: boolean, docs: DocsStatus | undefined): Finding {
  if (!isUsed) return { found: 'The docs are switched off, so they are not searched.' };
  if (!docs) return { found: 'No folder is open, so there are no docs to search.' };
  const { filesIndexed, sectionsIndexed, complete, paused, leftOut } = docs;
  const counts = `${counted(sectionsIndexed, 'section')} of ${counted(filesIndexed, 'document')}`;
  const state = complete ? 'indexed' : paused ? 'indexed, and indexing is paused' : 'indexed so far';
  const found = [`${counts} ${state}.`, ...leftOut].join(' ');
  if (leftOut.some((sentence) => sentence.startsWith(INDEX_FAILED)))
    return { found, remedy: 'Rebuild the docs index.' };
  return !complete && paused ? { found, remedy: 'Resume the indexing.' } : { found };
}

async function checkPolicy(settings: CheckedSettings): Promise<Finding> {
  const policies = createSearcherPolicies(settings.runtime);
  try {
    const { version, digest, note } = policyStatus(await policies.choose(askedPolicy({ folders: [], ...settings })));
    const found = `The policy in use is "${version}"${digest && ` (${digest})`}.`;
    if (note === undefined) return { found };
    return { found: `${found} ${note}`, remedy: 'Put another version in use, or correct what is said of it.' };
  } finally {
    await policies.close();
  }
}

async function checkStorage(directory: string): Promise<Finding> {
  const file = join(directory, `.check-${process.pid}`);
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(file, directory);
    if ((await readFile(file, 'utf8')) !== directory) throw new Error('it does not keep what is written');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { found: `Nothing can be kept in ${directory} (${why}).`, remedy: 'Allow writing there, and free space.' };
  } finally {
    await rm(file, { force: true }).catch(() => undefined);
  }
  const { bavail, bsize } = await statfs(directory);
  const found = `${directory} can be written to and has ${megabytes(bavail * bsize)} MB free.`;
  return bavail * bsize < LEAST_FREE_BYTES
    ? { found, remedy: `Free space: the indexes need up to ${megabytes(LEAST_FREE_BYTES)} MB.` }
    : { found };
}

const megabytes = (bytes: number): string => Math.floor(bytes / 1e6).toLocaleString('en');

const counted = (count: number, what: string): string =>
  `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
