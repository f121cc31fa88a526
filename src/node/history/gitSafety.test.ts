import { chmodSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CallContext } from '#core/agent/tools.ts';
import { termOf } from '#core/search/words.ts';
import { gitFailure } from '#node/history/git.ts';
import { createHistoryTool } from '#node/history/historyTool.ts';
import { Workspace } from '#node/workspace.ts';
import {
  gitInOrder,
  initRepository,
  repositoryAt,
  type ScratchRepository,
} from '../../../test/fakes/scratchRepository.ts';

let directory = '';

beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-safety-')));
  mkdirSync(join(directory, 'ran'));
  writeFileSync(join(directory, 'evil'), `#!/bin/sh\ntouch "${directory}/ran/$(basename "$1")"\nexit 1\n`);
  chmodSync(join(directory, 'evil'), 0o755);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const ran = (): string[] => readdirSync(join(directory, 'ran'));

async function search(folder: string): Promise<unknown[]> {
  const workspace = Workspace.open([join(directory, folder)]);
  const tool = createHistoryTool({ workspace, storageDirectory: join(directory, 'storage') });
  await tool.ready();
  const context: CallContext = { signal: new AbortController().signal, timeoutMs: 20_000 };
  const result = await tool.search({ terms: [termOf('word')!], limit: 9 }, context);
  await tool.close();
  if (!result.ok) throw new Error(result.message);
  return result.value.commits.map(({ commit }) => [commit.subject, ...commit.files]);
}

it('does not run a git that lies in the workspace, wherever the PATH leads', async () => {
  const repository = initRepository(join(directory, 'w'));
  repository.commit('A word', { 'a.ts': '1\n' });
  mkdirSync(join(directory, 'w/node_modules/.bin'), { recursive: true });
  for (const planted of ['git', 'node_modules/.bin/git'])
    writeFileSync(join(directory, 'w', planted), `#!/bin/sh\ntouch "${directory}/ran/planted"\nexit 1\n`, {
      mode: 0o755,
    });
  vi.stubEnv('PATH', `./node_modules/.bin${delimiter}.${delimiter}${process.env['PATH']}`);
  try {
    expect(await search('w')).toEqual([['A word', 'a.ts']]);
  } finally {
    vi.unstubAllEnvs();
  }
  expect(ran()).toEqual([]);
});

function configure(repository: ScratchRepository, settings: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(settings)) repository.git('config', name, value);
}

it('runs nothing that the configuration of a repository names', async () => {
  const repository = initRepository(join(directory, 'w'));
  repository.commit('First word', { 'a.bin': '1\n', '.gitattributes': '*.bin diff=evil filter=evil\n' });
  repository.commit('Second word', { 'b.bin': '1\n2\n', 'a.bin': null });
  const evil = (name: string): string => `${directory}/evil ${name}`;
  mkdirSync(join(directory, 'hooks'));
  configure(repository, {
    'core.fsmonitor': evil('fsmonitor'),
    'core.pager': evil('pager'),
    'pager.log': evil('log-pager'),
    'pager.rev-list': evil('list-pager'),
    'diff.external': evil('external'),
    'diff.evil.textconv': evil('textconv'),
    'diff.evil.command': evil('command'),
    'filter.evil.clean': evil('clean'),
    'filter.evil.smudge': evil('smudge'),
    'gpg.program': evil('gpg'),
    'log.showSignature': 'true',
    'alias.log': `!${evil('alias')}`,
    'core.sshCommand': evil('ssh'),
    'core.alternateRefsCommand': evil('alternates'),
    'credential.helper': `!${evil('credential')}`,
  });
  expect(await search('w')).toEqual([
    ['Second word', 'b.bin'],
    ['First word', '.gitattributes', 'b.bin'],
  ]);
  expect(ran()).toEqual([]);
});

it('starts no transport for what a partial clone lacks', async () => {
  const origin = initRepository(join(directory, 'origin'));
  origin.git('config', 'uploadpack.allowFilter', 'true');
  origin.commit('First word', { 'a.ts': '1' });
  gitInOrder(directory, ['clone', '--quiet', '--no-checkout', '--filter=tree:0', `file://${directory}/origin`, 'w']);
  const clone = repositoryAt(join(directory, 'w'));
  configure(clone, { 'remote.origin.url': `ext::${directory}/evil transport`, 'protocol.ext.allow': 'always' });
  expect(await search('w')).toEqual([['First word']]);
  expect(ran()).toEqual([]);
  expect(() => clone.git('log', '--name-only')).toThrow();
  expect(ran()).toEqual(['transport']);
});

it('takes no bare repository in the workspace for its history', async () => {
  const origin = initRepository(join(directory, 'origin'));
  origin.commit('First word', { 'a.ts': '1' });
  gitInOrder(directory, ['clone', '--quiet', '--bare', 'origin', 'w']);
  expect(await search('w')).toEqual([]);
});

it('is not led elsewhere by the variables of a hook that runs it', async () => {
  initRepository(join(directory, 'w')).commit('First word', { 'a.ts': '1' });
  initRepository(join(directory, 'other')).commit('Other word', { 'a.ts': '1' });
  process.env['GIT_DIR'] = join(directory, 'other', '.git');
  try {
    expect(await search('w')).toEqual([['First word', 'a.ts']]);
  } finally {
    delete process.env['GIT_DIR'];
  }
});

it('leaves the repository as it was', async () => {
  const repository = initRepository(join(directory, 'w'));
  repository.commit('First word', { 'a.ts': '1' });
  const files = (): string[] => readdirSync(join(directory, 'w'), { recursive: true, encoding: 'utf8' }).sort();
  const before = files();
  await search('w');
  expect(files()).toEqual(before);
});

it.each([
  ['denied', /safe\.directory \/w$/, "fatal: detected dubious ownership in repository at '/w'\nTo add an exception…"],
  ['failed', /\(error: bad tree 1\)/, 'error: bad tree\u001b 1\nfatal: more'],
  ['failed', /it gave no reason/, ''],
])('puts into a sentence what git says: %s', (reason, message, stderr) => {
  const result = gitFailure({ code: 128, signal: null, stderr, outcome: 'ended' }, '/w');
  expect(result).toEqual({ ok: false, reason, message: expect.stringMatching(message) });
});
