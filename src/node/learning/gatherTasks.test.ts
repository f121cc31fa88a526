import { appendFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { FeedbackEvent } from '#core/feedback/feedbackEvent.ts';
import { answered, CHOICE, linesOf, placeOf, pointedOut, signal, verdict } from '../../../test/fakes/feedbackEvents.ts';
import { gitInOrder, initRepository, type ScratchRepository } from '../../../test/fakes/scratchRepository.ts';
import { gatherTasks, LEAST_HELD, type GatheredTasks, type GatherRequest } from './gatherTasks.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-gather-')));
afterAll(() => rmSync(base, { recursive: true, force: true }));
let at = '';
let count = 0;
beforeEach(() => mkdirSync((at = join(base, String(count++)))));

const gather = (request: Partial<GatherRequest>): Promise<GatheredTasks> =>
  gatherTasks({
    feedback: [],
    folders: [join(at, 'web')],
    history: false,
    historyTasks: 50,
    seed: 1,
    signal: new AbortController().signal,
    ...request,
  });

/** Writes files of a folder that is no repository, and returns it. */
function writeFiles(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(at, folder, path, '..'), { recursive: true });
    writeFileSync(join(at, folder, path), text);
  }
  return join(at, folder);
}

function writeFeedback(name: string, events: readonly FeedbackEvent[]): string {
  writeFileSync(join(at, name), linesOf(events));
  return join(at, name);
}

const dropsOf = ({ dropped }: GatheredTasks): Record<string, number> =>
  Object.fromEntries(dropped.map(({ reason, count: times }) => [reason, times]));
const allTasks = ({ learn, held }: GatheredTasks) => [...learn, ...held.map(({ task }) => task)];
const accepted = (id: string, timeMs: number, ...places: Parameters<typeof placeOf>[]): FeedbackEvent[] => [
  answered(
    id,
    timeMs,
    places.map((place) => placeOf(...place)),
  ),
  verdict(id, timeMs + 1, 'accepted'),
];

describe('answers', () => {
  const RETRY = ['src/a.ts', 1, 'retry();'] as const;

  test('are tasks of the files as they are now', async () => {
    writeFiles('web', { 'src/a.ts': 'new();\nretry();\r\nlast();', '.env': 'retry();\n' });
    writeFileSync(join(at, 'outside.ts'), 'retry();\n');
    symlinkSync(join(at, 'outside.ts'), join(at, 'web/link.ts'));
    const file = writeFeedback('f.jsonl', [
      ...accepted('moved', 1, [...RETRY], ['src/a.ts', 2, 'gone();']),
      ...accepted('secret', 3, ['.env', 1, 'retry();'], ['link.ts', 1, 'retry();'], ['../outside.ts', 1, 'retry();']),
      answered('rejected', 5, [placeOf(...RETRY)], { scope: ['src'], steps: [CHOICE] }),
      signal('rejected', 6, 1, 'opened'),
      verdict('rejected', 7, 'rejected'),
    ]);
    const gathered = await gather({ feedback: [file] });
    expect(gathered.learn).toMatchObject([
      { id: 'moved', goldFiles: ['src/a.ts'], goldSpans: [{ path: 'src/a.ts', start: 2, end: 2 }] },
    ]);
    expect(gathered.learn[0]!.commit).toMatch(/^content-[0-9a-f]{16}$/);
    expect(gathered).toMatchObject({
      held: [],
      rejected: [{ id: 'rejected', scope: ['src'], opened: [{ path: 'src/a.ts' }] }],
      notes: [],
      tooLittle: {
        missing: 15,
        sentence:
          'There is 1 question, too few to learn from some and to check with others. Accept or correct 15 more answers, or train on the history of the repository too.',
      },
    });
    expect(dropsOf(gathered)).toEqual({
      'places whose lines are not there any more': 3,
      'places outside of the workspace': 1,
      'answers whose lines are not there any more': 1,
    });
  });

  test('stand for the commit that the workspace is at', async () => {
    const web = initRepository(join(at, 'web'));
    const head = web.commit('Begin', { 'src/a.ts': 'retry();\n' });
    const nowhere = (id: string, commit: string): FeedbackEvent[] => [
      answered(id, 3, [], { found: false, folders: [{ name: '', commit }] }),
      verdict(id, 4, 'accepted'),
    ];
    const events = [
      ...accepted('a', 1, [...RETRY]),
      ...nowhere('same', head),
      ...nowhere('other', head.replace(/^./, 'x')),
    ];
    const { learn, held } = await gather({ feedback: [writeFeedback('f.jsonl', events)] });
    expect(learn).toMatchObject([{ id: 'a', commit: head }]);
    expect(held).toMatchObject([{ set: 'answers', task: { id: 'same', commit: head, goldFiles: [] } }]);
  });

  test('of several files count once, whatever is wrong with some lines', async () => {
    writeFiles('web', { 'src/a.ts': 'retry();\n' });
    const one = writeFeedback('one.jsonl', accepted('a', 1, [...RETRY]));
    appendFileSync(one, 'rubbish\n{"version":9}\n');
    const two = writeFeedback('two.jsonl', [
      ...accepted('a', 1, [...RETRY]),
      pointedOut('a', 9, placeOf('src/a.ts', 1, 'no();')),
    ]);
    const gathered = await gather({ feedback: [one, two, one, join(at, 'none.jsonl')] });
    expect(gathered.learn).toEqual([]);
    expect(dropsOf(gathered)).toEqual({
      'lines that cannot be read': 2,
      'answers that are there already': 1,
      'places whose lines are not there any more': 1,
      'answers whose lines are not there any more': 1,
    });
    expect(gathered.notes).toEqual([
      `Part of ${one} was left out. Line 3: This line is not whole JSON. 1 more of its lines cannot be read.`,
      expect.stringMatching(/^Nothing was learned from .*none\.jsonl, because it cannot be read \(ENOENT.*\)\.$/),
    ]);
  });

  test('of a team are found under the folder that is open', async () => {
    initRepository(join(at, 'web')).commit('Begin', { 'packages/app/src/a.ts': 'retry();\n', 'tools/b.ts': 'x();\n' });
    const folders = [{ name: '', repository: 'web-of-others' }];
    const about = (id: string, path: string): FeedbackEvent[] => [
      answered(id, 1, [placeOf(path, 1, 'retry();')], { folders, scope: ['packages'] }),
      verdict(id, 2, 'accepted'),
    ];
    const file = writeFeedback('team.jsonl', [...about('a', 'packages/app/src/a.ts'), ...about('b', 'tools/b.ts')]);
    const inApp = await gather({ feedback: [file], folders: [join(at, 'web/packages/app')] });
    expect(inApp.learn).toMatchObject([{ id: 'a', goldFiles: ['src/a.ts'] }]);
    expect(inApp.scopes.size).toBe(0);
    expect(dropsOf(inApp)).toEqual({ 'answers about files outside of this workspace': 1 });
    const whole = await gather({ feedback: [file] });
    expect(whole.scopes.get('a')).toEqual(['packages']);
    const two = await gather({ feedback: [file], folders: [join(at, 'web/tools'), join(at, 'web/packages/app')] });
    expect(two.learn).toMatchObject([{ id: 'a', goldFiles: ['app/src/a.ts'] }]);
  });

  test('are kept aside by time: a third of them, the newest', async () => {
    writeFiles('web', { 'src/a.ts': 'retry();\n' });
    const times = Array.from({ length: 27 }, (_, i) => (i * 10) % 27);
    const events = times.flatMap((time) => accepted(`t${time}`, time * 10, [...RETRY]));
    const { learn, held, tooLittle } = await gather({ feedback: [writeFeedback('f.jsonl', events)] });
    const inOrder = times.toSorted((a, b) => a - b);
    expect(learn.map(({ id }) => id)).toEqual(inOrder.slice(0, 18).map((time) => `t${time}`));
    expect(held.map(({ task, set }) => `${task.id} ${set}`)).toEqual(
      inOrder.slice(18).map((time) => `t${time} answers`),
    );
    expect(tooLittle).toBeUndefined();
  });

  test.each([0, 3, 8, 14, 15])(
    'of which there are %i: with so many more as are missing it is enough',
    async (there) => {
      writeFiles('web', { 'src/a.ts': 'retry();\n' });
      const tooLittleOf = async (answers: number): Promise<GatheredTasks['tooLittle']> => {
        const events = Array.from({ length: answers }, (_, i) => accepted(`a${i}`, i * 10, [...RETRY])).flat();
        return (await gather({ feedback: [writeFeedback('f.jsonl', events)] })).tooLittle;
      };
      const { missing } = (await tooLittleOf(there))!;
      expect(await tooLittleOf(there + missing)).toBeUndefined();
      expect(await tooLittleOf(there + missing - 1)).toMatchObject({
        missing: 1,
        sentence: expect.stringContaining('Accept or correct 1 more answer,'),
      });
    },
  );
});

describe('the history', () => {
  const WORDS = [
    'alpha',
    'beta',
    'gamma',
    'delta',
    'omega',
    'sigma',
    'kappa',
    'theta',
    'zeta',
    'iota',
    'lambda',
    'rho',
  ];
  const begin = (web: ScratchRepository): void =>
    void web.commit('Begin', { 'app/a.ts': 'old;\n', 'lib/b.ts': 'old;\n' });
  const retry = (web: ScratchRepository, words = WORDS, path = 'app/a.ts'): void =>
    words.forEach((word) => void web.commit(`Retry uploads of ${word}`, { [path]: `${word};\n` }));
  const asked = (tasks: readonly { readonly question: string }[]): string[] =>
    tasks.map(({ question }) => question.split(' ').at(-1)!);

  test('gives tasks of its newest commits, and keeps the newest quarter aside', async () => {
    const web = initRepository(join(at, 'web'));
    begin(web);
    const words = WORDS.flatMap((word) => [word, `${word}ish`, `${word}less`]);
    retry(web, words);
    const gathered = await gather({ history: true });
    expect(asked(gathered.learn)).toEqual(words.slice(0, 27));
    expect(asked(gathered.held.map(({ task }) => task))).toEqual(words.slice(27));
    expect(gathered.held.every(({ set }) => set === 'history')).toBe(true);
    expect(gathered).toMatchObject({ notes: [], rejected: [] });
    expect(gathered.tooLittle).toBeUndefined();
    expect(dropsOf(gathered)).toEqual({ 'commits (no source changed)': 1 });
    const { repo, commit } = gathered.learn[0]!;
    expect(gitInOrder(gathered.repositories.get(repo)!, ['cat-file', '-t', commit])).toBe('commit\n');
    const fewer = await gather({ history: true, historyTasks: 8 });
    expect(asked(allTasks(fewer))).toEqual(words.slice(-8));
    expect(await gather({ history: true })).toEqual(gathered);
  });

  test('goes back as far as it must, past commits that give none', async () => {
    const web = initRepository(join(at, 'web'));
    begin(web);
    retry(web, WORDS.slice(0, 3));
    for (let n = 0; n < 12; n++) web.commit(`Describe uploads ${n}`, { 'README.md': `${n}\n` });
    expect(asked(allTasks(await gather({ history: true, historyTasks: 2 }))).sort()).toEqual(['beta', 'gamma']);
  });

  test('is that of files in the folders of the workspace only', async () => {
    const web = initRepository(join(at, 'web'));
    begin(web);
    retry(web, WORDS.slice(0, 4));
    retry(web, WORDS.slice(4, 8), 'lib/b.ts');
    web.commit('Limit uploads everywhere', { 'app/a.ts': 'l;\n', 'lib/b.ts': 'l;\n' });
    const app = await gather({ history: true, folders: [join(at, 'web/app')] });
    expect(asked(allTasks(app))).toEqual([...WORDS.slice(0, 4), 'everywhere']);
    expect(new Set(allTasks(app).flatMap(({ goldFiles }) => goldFiles))).toEqual(new Set(['app/a.ts']));
    expect([...app.repositories.values()]).toEqual([join(at, 'web')]);
    for (const { id } of allTasks(app)) expect(app.scopes.get(id)).toEqual(['app']);
    const both = await gather({ history: true, folders: [join(at, 'web/app'), join(at, 'web/lib')] });
    expect(allTasks(both)).toHaveLength(9);
    expect(both.scopes.get(both.learn[0]!.id)).toEqual(['app', 'lib']);
    expect((await gather({ history: true, folders: [join(at, 'web'), join(at, 'web/lib')] })).scopes.size).toBe(0);
  });

  test('of several repositories, linked work trees among them, is taken of each', async () => {
    const web = initRepository(join(at, 'web'));
    begin(web);
    retry(web, WORDS.slice(0, 6));
    const api = initRepository(join(at, 'other/web'));
    begin(api);
    retry(api, WORDS.slice(6));
    web.git('worktree', 'add', '--quiet', join(at, 'linked'), 'HEAD~2');
    writeFiles('plain', { 'a.ts': 'x\n' });
    const folders = ['web', 'other/web', 'linked', 'plain'].map((name) => join(at, name));
    const { repositories, notes, ...gathered } = await gather({ history: true, folders });
    expect(Object.fromEntries(repositories)).toEqual({
      'history/web': folders[0],
      'history/web-2': folders[1],
      'history/linked-3': folders[2],
    });
    const counts = Map.groupBy(allTasks(gathered as GatheredTasks), ({ repo }) => repo);
    expect(Object.fromEntries([...counts].map(([repo, { length }]) => [repo, length]))).toEqual({
      'history/web': 6,
      'history/web-2': 6,
      'history/linked-3': 4,
    });
    expect(notes).toEqual([`${folders[3]} is in no git repository, so there is no history of it to learn from.`]);
  });

  test('that cannot be read is a note', async () => {
    initRepository(join(at, 'web'));
    const empty = await gather({ history: true });
    expect(empty.notes).toEqual([`The repository at ${join(at, 'web')} has no commit yet.`]);
    expect(empty.tooLittle).toEqual({
      missing: 2 * LEAST_HELD,
      sentence:
        'There is no question, too few to learn from some and to check with others. Accept or correct 16 more answers.',
    });
  });

  test('is not asked for where git may not be run: nothing of a repository is used', async () => {
    const web = initRepository(join(at, 'web'));
    begin(web);
    retry(web);
    const file = writeFeedback('f.jsonl', accepted('a', 1, ['lib/b.ts', 1, 'old;']));
    const gathered = await gather({ history: true, git: false, feedback: [file] });
    expect(gathered.learn).toMatchObject([{ id: 'a', commit: expect.stringMatching(/^content-/) }]);
    expect(gathered).toMatchObject({ held: [], notes: [], repositories: new Map() });
    expect(gathered.tooLittle?.sentence).toMatch(/Accept or correct 15 more answers\.$/);
  });

  test('is practised a little beside answers, and checks nothing, where it is not asked for', async () => {
    const web = initRepository(join(at, 'web'));
    begin(web);
    retry(web);
    const feedback = [writeFeedback('f.jsonl', accepted('a', 1, ['lib/b.ts', 1, 'old;']))];
    const gathered = await gather({ feedback, replayTasks: 5 });
    expect(asked(gathered.learn.slice(0, 5))).toEqual(WORDS.slice(7).toReversed());
    expect(gathered.learn.map(({ id }) => id).slice(5)).toEqual(['a']);
    expect(gathered.held).toEqual([]);
    expect(gathered.notes).toEqual([
      '5 tasks of the history were practised beside the answers, to keep what it can do.',
    ]);
    expect(gathered.repositories.size).toBe(1);
    expect(dropsOf(gathered)).toEqual({});
    for (const without of [{ feedback: [] }, { git: false }, { replayTasks: 0 }])
      expect((await gather({ feedback, replayTasks: 5, ...without })).repositories.size).toBe(0);
  });

  test('and answers are kept aside each on their own, half of either where they are few', async () => {
    const web = initRepository(join(at, 'web'));
    begin(web);
    retry(web);
    web.commit('Keep it', { 'src/a.ts': 'retry();\n' });
    const events = Array.from({ length: 9 }, (_, i) => accepted(`a${i}`, i * 10, ['src/a.ts', 1, 'retry();'])).flat();
    const feedback = [writeFeedback('f.jsonl', events)];
    const { held, tooLittle } = await gather({ history: true, feedback });
    expect(held.map(({ set }) => set)).toEqual([...Array(4).fill('answers'), ...Array(6).fill('history')]);
    expect(tooLittle).toBeUndefined();
    const fewer = await gather({ history: true, historyTasks: 6, feedback });
    expect(fewer.held).toHaveLength(7);
    expect(fewer.tooLittle).toEqual({
      missing: 1,
      sentence:
        'There are 15 questions, too few to learn from some and to check with others. Accept or correct 1 more answer.',
    });
  });
});

test('it can be stopped, and needs folders that are there', async () => {
  writeFiles('web', { 'a.ts': 'x\n' });
  await expect(gather({ signal: AbortSignal.abort() })).rejects.toThrow(/aborted/);
  await expect(gather({ history: true, signal: AbortSignal.abort() })).rejects.toThrow(/aborted/);
  await expect(gather({ folders: [join(at, 'gone')] })).rejects.toThrow(
    /^There is no folder .*gone\. Check the path\.$/,
  );
});
