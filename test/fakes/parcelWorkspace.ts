/** The workspace of test/fixtures/workspace, a small upload service, as a real git repository with the same commits each time. */
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runGit } from './gitRepository.ts';

const FIXTURE = join(import.meta.dirname, '../fixtures/workspace');
const FIRST_TIME_S = 1_760_000_000;
const DAY_S = 86_400;

interface Step {
  readonly message: string;
  /** Paths that begin with one of these are written as they are in the fixture. */
  readonly paths: readonly string[];
  /** How a file was before a later step, by path. */
  readonly earlier?: Readonly<Record<string, (text: string) => string>>;
}

const withoutJitter = (text: string): string =>
  text
    .replace(/ {2}const jitter.*\n {2}return .*\n/, '  return delay;\n')
    .replace(/ {2}\/\*\* Gives.*\n.*random.*\n/, '');

const STEPS: readonly Step[] = [
  { message: 'Start the service', paths: ['package.json', '.gitignore', 'README.md', 'src/server.ts', 'src/log.ts'] },
  {
    message: 'Put files into the bucket in parts',
    paths: ['src/storage/', 'src/http/', 'src/upload/errors.ts', 'test/bucket.test.ts'],
  },
  {
    message: 'Try failed uploads again, with longer and longer waits',
    paths: ['src/upload/', 'src/config.ts', 'config/', 'test/backoff.test.ts', 'docs/uploads.md'],
    earlier: { 'src/upload/backoff.ts': withoutJitter },
  },
  { message: 'Add the agent that customers install', paths: ['agent/'] },
  {
    message: 'Replay files that were given up on\n\nSupport had to copy them by hand.',
    paths: ['tools/', 'docs/operations.md'],
  },
  {
    message:
      'Add jitter so that clients do not come back in step\n\nAfter the outage of March all of them hit the bucket in one second.',
    paths: ['src/upload/backoff.ts', 'docs/changes.md'],
  },
];

/** Writes the workspace's files and its history into an empty folder. */
export function makeParcelWorkspace(directory: string): void {
  const files = parcelFiles();
  mkdirSync(directory, { recursive: true });
  runGit(directory, ['-c', 'init.defaultBranch=main', 'init', '--quiet', '.']);
  for (const [day, step] of STEPS.entries()) {
    for (const [path, text] of files) {
      if (!step.paths.some((start) => path.startsWith(start))) continue;
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), step.earlier?.[path]?.(text) ?? text);
    }
    runGit(directory, ['add', '--all']);
    runGit(directory, ['commit', '--quiet', '-m', step.message], FIRST_TIME_S + day * DAY_S);
  }
}

/** Text by path; the fixture's own `.txt` at the end keeps compilers and linters away from it. */
function parcelFiles(): [path: string, text: string][] {
  return globSync('**/*.txt', { cwd: FIXTURE })
    .map((name) => name.replaceAll('\\', '/'))
    .sort()
    .map((name) => [name.replace(/\.txt$/, ''), readFileSync(join(FIXTURE, name), 'utf8')]);
}
