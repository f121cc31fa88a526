/** A real git repository that a test writes commit by commit. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runGit, type Change } from './gitRepository.ts';

export interface ScratchRepository {
  git(...args: string[]): string;
  /** Commits everything after the change and returns the commit's id. */
  commit(message: string, change?: Change): string;
}

export function initRepository(directory: string): ScratchRepository {
  mkdirSync(directory, { recursive: true });
  gitInOrder(directory, ['init', '--quiet']);
  return repositoryAt(directory);
}

/** A repository that is there already, e.g. a clone or a work tree. */
export function repositoryAt(directory: string): ScratchRepository {
  const git = (...args: string[]): string => gitInOrder(directory, args);
  return {
    git,
    commit(message, change = {}) {
      for (const [path, text] of Object.entries(change)) put(join(directory, path), text);
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '--allow-empty-message', '--message', message);
      return git('rev-parse', 'HEAD').trim();
    },
  };
}

/** Runs git with fixed settings; a minute passes with each call, so that times tell the order of commits. */
export function gitInOrder(directory: string, args: readonly string[]): string {
  const settings = ['-c', 'init.defaultBranch=main', '-c', 'protocol.file.allow=always'];
  return runGit(directory, [...settings, ...args], FIRST_TIME_S + calls++ * 60);
}

const FIRST_TIME_S = 1_700_000_000;
let calls = 0;

function put(file: string, text: string | null): void {
  if (text === null) return rmSync(file);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
