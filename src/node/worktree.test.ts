import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorktree } from '#node/worktree.ts';
import { makeRepository, runGit } from '../../test/fakes/gitRepository.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-worktree-')));
const source = join(base, 'source');
const { signal } = new AbortController();
let commits: string[];
let count = 0;

beforeAll(() => {
  commits = makeRepository(source, [
    { 'a.txt': 'one\n', 'old/b.txt': 'gone later\n', '.gitignore': 'build/\n' },
    { 'a.txt': 'two\r\nlines\r\n', 'old/b.txt': null, '.gitattributes': '* filter=evil\n' },
    { 'c.txt': 'three\n' },
  ]);
  runGit(base, ['clone', '--quiet', '--bare', source, 'bare']);
  runGit(source, ['worktree', 'add', '--quiet', '--detach', join(base, 'linked'), commits[1]!]);
  symlinkSync(join(base, 'bare'), join(base, 'link'));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const open = (from: string) => openWorktree(join(base, from), join(base, `work-${count++}`), signal);
const filesOf = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('.git'))
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();

describe('a work tree', () => {
  it.each(['source', 'bare', 'linked', 'link'])('is laid out from a repository that is %s', async (from) => {
    const worktree = await open(from);
    await worktree.moveTo(commits[1]!);
    expect(filesOf(worktree.directory)).toEqual(['.gitattributes', '.gitignore', 'a.txt']);
    expect(readFileSync(join(worktree.directory, 'a.txt'), 'utf8')).toBe('two\r\nlines\r\n');
  });

  it('moves to another commit and keeps nothing of the one before', async () => {
    const worktree = await open('bare');
    await worktree.moveTo(commits[2]!);
    mkdirSync(join(worktree.directory, 'build'));
    writeFileSync(join(worktree.directory, 'build/left.txt'), 'ignored');
    writeFileSync(join(worktree.directory, 'a.txt'), 'changed');
    runGit(worktree.directory, ['init', '--quiet', 'nested']);
    await worktree.moveTo(commits[0]!.slice(0, 10));
    expect(filesOf(worktree.directory)).toEqual(['.gitignore', 'a.txt', 'old/b.txt']);
    expect(existsSync(join(worktree.directory, 'nested'))).toBe(false);
    expect(readFileSync(join(worktree.directory, 'a.txt'), 'utf8')).toBe('one\n');
  });

  it('shows the history up to its commit and not beyond', async () => {
    const worktree = await open('bare');
    await worktree.moveTo(commits[2]!);
    await worktree.moveTo(commits[1]!);
    expect(runGit(worktree.directory, ['log', '--all', '--format=%H', 'HEAD']).trim().split('\n')).toEqual([
      commits[1],
      commits[0],
    ]);
    expect(runGit(worktree.directory, ['for-each-ref'])).toBe('');
  });

  it('leaves the repository as it was', async () => {
    const stateOf = (): string[] => {
      const entries = readdirSync(join(base, 'bare'), { recursive: true, encoding: 'utf8' }).sort();
      return entries.map((entry) => `${entry} ${statSync(join(base, 'bare', entry)).mtimeMs}`);
    };
    const before = stateOf();
    const worktree = await open('bare');
    for (const commit of commits) await worktree.moveTo(commit);
    expect(stateOf()).toEqual(before);
  });

  it('runs no hook, no filter and no template of anybody', async () => {
    const home = join(base, 'home');
    mkdirSync(join(home, 'templates/hooks'), { recursive: true });
    const touch = `touch ${join(base, 'ran')}`;
    writeFileSync(join(home, 'templates/hooks/post-checkout'), `#!/bin/sh\n${touch}\n`);
    chmodSync(join(home, 'templates/hooks/post-checkout'), 0o755);
    writeFileSync(
      join(home, '.gitconfig'),
      `[filter "evil"]\n smudge = "${touch}; cat"\n required = true\n[init]\n templateDir = ${join(home, 'templates')}\n[core]\n hooksPath = ${join(home, 'templates/hooks')}\n`,
    );
    const { HOME } = process.env;
    process.env['HOME'] = home;
    process.env['GIT_DIR'] = join(base, 'nowhere');
    try {
      const worktree = await open('source');
      await worktree.moveTo(commits[1]!);
      expect(statSync(join(worktree.directory, 'a.txt')).isFile()).toBe(true);
    } finally {
      process.env['HOME'] = HOME;
      delete process.env['GIT_DIR'];
    }
    expect(existsSync(join(base, 'ran'))).toBe(false);
  });

  it('knows the times of the commits that it has', async () => {
    const worktree = await open('bare');
    const missing = ['f'.repeat(40), 'e'.repeat(12)];
    const times = await worktree.commitTimes([commits[1]!, ...missing, commits[0]!.slice(0, 12)]);
    expect([...times]).toEqual([
      [commits[1]!, 1_700_086_400],
      [commits[0]!.slice(0, 12), 1_700_000_000],
    ]);
  });

  it('says what is missing', async () => {
    const worktree = await open('bare');
    await expect(worktree.moveTo('f'.repeat(40))).rejects.toThrow(/^git could not lay out the commit: .*ffff/);
    await expect(open('nowhere')).rejects.toThrow(`There is no git repository at ${join(base, 'nowhere')}.`);
    await expect(open('source/old')).rejects.toThrow('There is no git repository at');
    await worktree.moveTo(commits[0]!);
    expect(filesOf(worktree.directory)).toContain('a.txt');
  });

  it('works on a shallow repository', async () => {
    runGit(base, ['clone', '--quiet', '--bare', '--depth', '1', `file://${source}`, 'shallow']);
    const worktree = await open('shallow');
    await worktree.moveTo(commits[2]!);
    expect(runGit(worktree.directory, ['log', '--format=%H']).trim()).toBe(commits[2]);
  });
});
