import { chmodSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Span } from '#core/search/span.ts';
import { commitText } from '#node/explain/commitText.ts';
import { lastChange } from '#node/explain/lastChange.ts';
import { Workspace } from '#node/workspace.ts';
import { gitInOrder, initRepository } from '../../../test/fakes/scratchRepository.ts';

let directory = '';
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-change-')));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const at = (...parts: string[]): string => join(directory, ...parts);
const context = { signal: new AbortController().signal, timeoutMs: 20_000 };

async function subjectOf(folders: readonly string[], span: Span): Promise<string | undefined> {
  const workspace = Workspace.open(folders.map((folder) => at(folder)));
  return (await lastChange(span, { workspace }, context))?.subject;
}

const FIRST = 'const a = 1;\n\nfunction f() {\n  return a;\n}\n\nfunction g() {}\n';
const f = (path: string): Span => ({ path, start: 3, end: 5 });

describe('the last change of a definition', () => {
  it('is the newest commit that one of its lines comes from', async () => {
    const repository = initRepository(at('w'));
    repository.commit('Add f', { 'a.ts': FIRST });
    repository.commit('Give twice of a', { 'a.ts': FIRST.replace('return a', 'return 2 * a') });
    repository.commit('Let g be async', {
      'a.ts': FIRST.replace('return a', 'return 2 * a').replace('function g', 'async function g'),
    });
    expect(await subjectOf(['w'], f('a.ts'))).toBe('Give twice of a');
    expect(await subjectOf(['w'], { path: 'a.ts', start: 7, end: 7 })).toBe('Let g be async');
  });

  it('is told for lines that stand elsewhere in the work tree, and for none that are not committed', async () => {
    const repository = initRepository(at('w'));
    repository.commit('Add f', { 'a.ts': FIRST });
    repository.commit('Give twice of a', { 'a.ts': FIRST.replace('return a', 'return 2 * a') });
    writeFileSync(at('w', 'a.ts'), `// new\n// lines\n${FIRST.replace('return a', 'return 2 * a')}function h() {}\n`);
    expect(await subjectOf(['w'], { path: 'a.ts', start: 5, end: 7 })).toBe('Give twice of a');
    expect(await subjectOf(['w'], { path: 'a.ts', start: 10, end: 10 })).toBeUndefined();
  });

  it('is no change of white space, and none of the commits that the repository passes over', async () => {
    const repository = initRepository(at('w'));
    repository.commit('Add f', { 'a.ts': FIRST });
    repository.commit('Indent', { 'a.ts': FIRST.replace('  return', '      return') });
    expect(await subjectOf(['w'], f('a.ts'))).toBe('Add f');
    const id = repository.commit('Quote otherwise', { 'a.ts': FIRST.replace('return a', 'return (a)') });
    expect(await subjectOf(['w'], f('a.ts'))).toBe('Quote otherwise');
    repository.commit('List it', { '.git-blame-ignore-revs': `# formatting\n${id}\n` });
    expect(await subjectOf(['w'], f('a.ts'))).toBe('Add f');
    repository.commit('Break the list', { '.git-blame-ignore-revs': 'not an id\n' });
    expect(await subjectOf(['w'], f('a.ts'))).toBe('Quote otherwise');
  });

  it('is found in a folder inside of a repository, and in one of several folders', async () => {
    const repository = initRepository(at('w'));
    repository.commit('Add f', { 'packages/api/a.ts': FIRST });
    initRepository(at('other')).commit('Another f', { 'a.ts': FIRST });
    expect(await subjectOf(['w/packages/api'], f('a.ts'))).toBe('Add f');
    expect(await subjectOf(['w/packages/api', 'other'], f('other/a.ts'))).toBe('Another f');
    expect(await subjectOf(['w/packages/api', 'other'], f('api/a.ts'))).toBe('Add f');
  });

  it('is nothing without a repository, for files that git does not have, and in the oldest commits of a shallow clone', async () => {
    mkdirSync(at('plain'));
    writeFileSync(at('plain', 'a.ts'), FIRST);
    expect(await subjectOf(['plain'], f('a.ts'))).toBeUndefined();
    const repository = initRepository(at('w'));
    repository.commit('Add f', { 'a.ts': FIRST });
    writeFileSync(at('w', 'new.ts'), FIRST);
    expect(await subjectOf(['w'], f('new.ts'))).toBeUndefined();
    repository.commit('Other', { 'b.ts': '1\n' });
    gitInOrder(directory, ['clone', '--quiet', '--depth=1', `file://${at('w')}`, at('shallow')]);
    expect(await subjectOf(['shallow'], f('a.ts'))).toBeUndefined();
  });

  it('ends with its signal and with its time', async () => {
    initRepository(at('w')).commit('Add f', { 'a.ts': FIRST });
    const workspace = Workspace.open([at('w')]);
    const stop = new AbortController();
    stop.abort();
    expect(await lastChange(f('a.ts'), { workspace }, { ...context, signal: stop.signal })).toBeUndefined();
    expect(await lastChange(f('a.ts'), { workspace, git: at('no-git') }, context)).toBeUndefined();
  });
});

describe('a hostile repository', () => {
  /** Each thing that git may be told to run leaves a file of its name. */
  function configureEvil(repository: { git(...args: string[]): string }): () => string[] {
    mkdirSync(at('ran'));
    writeFileSync(at('evil'), `#!/bin/sh\ntouch "${directory}/ran/$(basename "$1")"\ncat\n`);
    chmodSync(at('evil'), 0o755);
    const evil = (name: string): string => `${directory}/evil ${name}`;
    const settings = {
      'diff.evil.textconv': evil('textconv'),
      'diff.evil.command': evil('command'),
      'diff.external': evil('external'),
      'filter.evil.clean': evil('clean'),
      'filter.evil.smudge': evil('smudge'),
      'filter.evil.process': evil('process'),
      'core.pager': evil('pager'),
      'pager.show': evil('show-pager'),
      'pager.blame': evil('blame-pager'),
      'core.fsmonitor': evil('fsmonitor'),
      'gpg.program': evil('gpg'),
      'log.showSignature': 'true',
      'blame.ignoreRevsFile': at('missing'),
    };
    for (const [name, value] of Object.entries(settings)) repository.git('config', name, value);
    return () => readdirSync(at('ran'));
  }

  it('runs nothing', async () => {
    const repository = initRepository(at('w'));
    repository.commit('Add f', { 'a.ts': FIRST, '.gitattributes': '*.ts diff=evil filter=evil\n' });
    const id = repository.commit('Change f', { 'a.ts': FIRST.replace('return a', 'return 2') });
    const ran = configureEvil(repository);
    writeFileSync(at('w', 'a.ts'), `// new\n${FIRST.replace('return a', 'return 2')}`);
    expect(await subjectOf(['w'], { path: 'a.ts', start: 4, end: 6 })).toBe('Change f');
    expect(await commitText(id, { workspace: Workspace.open([at('w')]) }, context.signal)).toContain('+  return 2;');
    expect(ran()).toEqual([]);
  });

  it('cannot name options by its paths', async () => {
    const repository = initRepository(at('w'));
    repository.commit('Add f', { '--contents=a': FIRST, ':(top)x': FIRST });
    expect(await subjectOf(['w'], f('--contents=a'))).toBe('Add f');
    expect(await subjectOf(['w'], f(':(top)x'))).toBe('Add f');
  });
});

describe('a commit as text', () => {
  it('has message and diff, as visible text', async () => {
    const repository = initRepository(at('w'));
    repository.commit('Add f', { 'a.ts': FIRST });
    const id = repository.commit('Change f\n\nBecause \u001b[31mred\u202e.', {
      'a.ts': FIRST.replace('\n\n', '\n\tx\n'),
    });
    mkdirSync(at('plain'));
    const workspace = Workspace.open([at('plain'), at('w')]);
    const text = await commitText(id, { workspace }, context.signal);
    expect(text).toContain(`commit ${id}`);
    expect(text).toContain('Because \\x1b[31mred\\u202e.');
    expect(text).toContain('+\tx\n');
    expect(text).toContain('1 file changed');
  });

  it('is undefined for what is no commit id, and for one that is not there', async () => {
    initRepository(at('w')).commit('Add f', { 'a.ts': FIRST });
    const workspace = Workspace.open([at('w')]);
    for (const id of ['HEAD', '--output=x', 'a'.repeat(39), 'a'.repeat(40), ''])
      expect(await commitText(id, { workspace }, context.signal)).toBeUndefined();
  });
});
