import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stageTwoReward } from '#core/agent/reward.ts';
import { formatTaskLine, parseTaskLine } from '#core/agent/taskLine.ts';
import type { FeedbackEvent, PlaceText } from '#core/feedback/feedbackEvent.ts';
import { parseFeedbackLine } from '#core/feedback/parseFeedbackLine.ts';
import { relocate } from '../answer/relocate.ts';
import { answered, CHOICE, placeOf, pointedOut, signal, tick, verdict } from '../../../test/fakes/feedbackEvents.ts';
import {
  ANSWERS_REPO,
  feedbackTasks,
  MAX_ANSWERS,
  MAX_PLACE_LINES,
  MAX_PLACES,
  MAX_QUESTION,
  type FeedbackLessons,
  type PresentWorkspace,
} from './feedbackTasks.ts';
import { foldFeedback } from './foldFeedback.ts';
import { splitByTime } from './splitByTime.ts';

const FILES: Record<string, readonly string[]> = {
  'a.ts': ['one', 'two', 'three', 'four', 'five'],
  'b.ts': ['six', 'seven'],
};

/** A workspace of these files, as they are now. */
const present = (files: Record<string, readonly string[]> = FILES): PresentWorkspace => ({
  locate: async (places) =>
    places.map(({ path, start, lines }) => {
      const range = Object.hasOwn(files, path) ? relocate(lines, start, files[path]!) : undefined;
      return range && { path, ...range };
    }),
  has: (path) => Object.hasOwn(files, path) || Object.keys(files).some((file) => file.startsWith(`${path}/`)),
  isAt: (folders) => folders.every(({ commit }) => commit === 'now'),
  stateOf: (places) => `state of ${places.length}`,
});

const learn = (events: readonly FeedbackEvent[], now = present()): Promise<FeedbackLessons> =>
  feedbackTasks(foldFeedback(events), now);
const dropsOf = ({ dropped }: FeedbackLessons): Record<string, number> =>
  Object.fromEntries(dropped.map(({ reason, count }) => [reason, count]));
const spansOf = ({ tasks }: FeedbackLessons): string[][] =>
  tasks.map(({ task }) => task.goldSpans.map(({ path, start, end }) => `${path}:${start}-${end}`));

const CITED = ['one', 'two', 'three', 'four'].map((line, i) => placeOf('a.ts', i + 1, line));
const SEVEN = placeOf('b.ts', 2, 'seven');

describe('the gold of an answer', () => {
  const right = (number: number): FeedbackEvent => tick('q', 2, number, 'right');
  const wrong = (number: number): FeedbackEvent => tick('q', 2, number, 'wrong');
  const said = (what: 'accepted' | 'rejected'): FeedbackEvent => verdict('q', 3, what);
  const pointed = pointedOut('q', 4, SEVEN);

  test.each<[string, FeedbackEvent[], string[]]>([
    [
      'its first three places where it is accepted and none is ticked',
      [said('accepted')],
      ['a.ts:1-1', 'a.ts:2-2', 'a.ts:3-3'],
    ],
    ['those that are not wrong', [said('accepted'), wrong(1)], ['a.ts:2-2', 'a.ts:3-3', 'a.ts:4-4']],
    ['what is ticked, and nothing else', [said('accepted'), right(2)], ['a.ts:2-2']],
    ['what is ticked and pointed out', [right(4), pointed, said('accepted')], ['a.ts:4-4', 'b.ts:2-2']],
    ['what is ticked without a verdict', [right(3), wrong(1)], ['a.ts:3-3']],
    ['the correction where it is rejected', [said('rejected'), pointed], ['b.ts:2-2']],
    ['the tick where it is rejected', [said('rejected'), right(1)], ['a.ts:1-1']],
    ['the correction where all is wrong', [...[1, 2, 3, 4].map(wrong), pointed], ['b.ts:2-2']],
    ['a place once', [right(1), pointedOut('q', 4, placeOf('a.ts', 1, 'one')), said('accepted')], ['a.ts:1-1']],
  ])('is %s', async (_, events, spans) => {
    const learned = await learn([answered('q', 1, CITED), ...events]);
    expect(spansOf(learned)).toEqual([spans]);
    expect(learned).toMatchObject({ rejected: [], dropped: [] });
    expect(learned.tasks[0]!.task).toMatchObject({
      id: 'q',
      repo: ANSWERS_REPO,
      source: 'accepted-answer',
      question: 'where is retry q?',
      goldFiles: [...new Set(spans.map((span) => span.split(':')[0]))],
    });
  });

  test.each<[string, FeedbackEvent[], string[]]>([
    ['nothing where the answer is accepted as it is', [said('accepted')], []],
    ['what is ticked as wrong', [right(1), wrong(3)], ['a.ts:3-3']],
    ['what is ticked as wrong in an accepted answer', [said('accepted'), wrong(1)], ['a.ts:1-1']],
    ['all else that a rejected answer cites', [said('rejected'), right(2)], ['a.ts:1-1', 'a.ts:3-3', 'a.ts:4-4']],
  ])('leaves as known to be wrong %s', async (_, events, spans) => {
    const { tasks } = await learn([answered('q', 1, CITED), ...events]);
    expect(tasks[0]!.task.knownWrong!.map(({ path, start, end }) => `${path}:${start}-${end}`)).toEqual(spans);
  });

  test('leaves out wrong places that are not there any more', async () => {
    const events = [answered('q', 1, CITED), right(1), wrong(2)];
    const learned = await learn(events, present({ 'a.ts': ['one'] }));
    expect(learned.tasks[0]!.task.knownWrong).toEqual([]);
    expect(learned.dropped).toEqual([]);
  });

  test.each<[string, FeedbackEvent[], Record<string, number>]>([
    ['nothing is said', [], {}],
    ['it was only looked at', [signal('q', 2, 1, 'opened')], {}],
    ['the verdict is taken back', [said('accepted'), verdict('q', 4, 'none')], {}],
    ['only some places are wrong', [wrong(1)], { 'answers of which only wrong places were named': 1 }],
    [
      'it is accepted and all of it wrong',
      [said('accepted'), ...[1, 2, 3, 4].map(wrong)],
      { 'accepted answers whose places were all said to be wrong': 1 },
    ],
  ])('is not known where %s', async (_, events, dropped) => {
    const learned = await learn([answered('q', 1, CITED), ...events]);
    expect(learned).toMatchObject({ tasks: [], rejected: [] });
    expect(dropsOf(learned)).toEqual(dropped);
  });

  test.each<[string, FeedbackEvent[]]>([
    ['rejected', [said('rejected')]],
    ['wrong in all places', [1, 2, 3, 4].map(wrong)],
    ['rejected with places that are wrong', [said('rejected'), wrong(2)]],
  ])('is none where it is %s: its steps are kept to become less likely', async (_, events) => {
    const answer = answered('q', 1, CITED, { scope: ['a.ts'], steps: [CHOICE] });
    const learned = await learn([answer, signal('q', 2, 2, 'copied'), ...events]);
    expect(learned).toEqual({
      tasks: [],
      rejected: [
        {
          id: 'q',
          timeMs: 1,
          question: 'where is retry q?',
          scope: ['a.ts'],
          steps: answer.steps,
          opened: [],
          copied: [CITED[1]],
        },
      ],
      dropped: [],
    });
  });

  test('of a long place is its file alone', async () => {
    const lines = Array.from({ length: MAX_PLACE_LINES + 1 }, (_, i) => `line ${i}`);
    const events = [answered('q', 1, []), pointedOut('q', 2, placeOf('long.ts', 1, ...lines))];
    const { tasks } = await learn(events, present({ 'long.ts': lines }));
    expect(tasks[0]!.task).toMatchObject({ goldFiles: ['long.ts'], goldSpans: [] });
  });
});

describe('"not found"', () => {
  const events = (commit: string | undefined): FeedbackEvent[] => [
    answered('q', 1, CITED, { found: false, folders: [{ name: '', ...(commit && { commit }) }] }),
    verdict('q', 2, 'accepted'),
  ];

  test('is learned where the workspace stands where it stood, as a task that is paid for saying so', async () => {
    const { tasks } = await learn(events('now'));
    const { task } = tasks[0]!;
    expect(task).toMatchObject({ goldFiles: [], goldSpans: [], source: 'accepted-answer' });
    expect(parseTaskLine(formatTaskLine(task))).toEqual(task);
    const episode = { citations: [SEVEN], trail: [], pool: { readRanges: () => [] } };
    expect(stageTwoReward({ ...episode, stopReason: 'not-found' }, task)).toBe(1);
    expect(stageTwoReward({ ...episode, stopReason: 'answered' }, task)).toBe(0);
  });

  test.each(['then', undefined])('is left out where it stood at %s', async (commit) => {
    const learned = await learn(events(commit));
    expect(learned.tasks).toEqual([]);
    expect(dropsOf(learned)).toEqual({ 'accepted "not found" answers about another state of the workspace': 1 });
  });

  test('that is corrected, is a task of the right place', async () => {
    expect(spansOf(await learn([...events('then'), pointedOut('q', 3, SEVEN)]))).toEqual([['b.ts:2-2']]);
  });

  test('that is rejected, teaches nothing: no place was chosen for it', async () => {
    const steps = [
      { ...CHOICE, legal: 1 },
      { action: { kind: 'not-found' }, logProb: -0.1, legal: 2 },
    ] as const;
    const learned = await learn([{ ...events('now')[0]!, steps } as FeedbackEvent, verdict('q', 3, 'rejected')]);
    expect(learned).toMatchObject({ tasks: [], rejected: [] });
    expect(dropsOf(learned)).toEqual({ 'rejected answers for which no place was chosen': 1 });
  });
});

describe('a workspace that has changed', () => {
  const accepted = [answered('q', 1, CITED), verdict('q', 2, 'accepted')];

  test('has lines elsewhere, and some no longer', async () => {
    const learned = await learn(accepted, present({ 'a.ts': ['three', 'one', 'changed', 'x', 'three'] }));
    expect(spansOf(learned)).toEqual([['a.ts:2-2']]);
    expect(dropsOf(learned)).toEqual({ 'places whose lines are not there any more': 2 });
  });

  test('has none of them', async () => {
    const learned = await learn(accepted, present({}));
    expect(learned.tasks).toEqual([]);
    expect(dropsOf(learned)).toEqual({
      'places whose lines are not there any more': 3,
      'answers whose lines are not there any more': 1,
    });
  });

  test('has not what a question was narrowed to', async () => {
    const learned = await learn([answered('q', 1, CITED, { scope: ['gone'] }), verdict('q', 2, 'accepted')]);
    expect(dropsOf(learned)).toEqual({ 'answers narrowed to files that are not there any more': 1 });
  });
});

describe('several answers', () => {
  test('stand in the order of time; of the same question the latest judged one counts', async () => {
    const asked = { searchedFor: 'Where is  retry?' };
    const again = { searchedFor: 'where is retry? ' };
    const learned = await learn([
      answered('late', 9, CITED),
      verdict('late', 10, 'accepted'),
      answered('old', 1, CITED, asked),
      verdict('old', 11, 'accepted'),
      answered('again', 5, CITED, { ...again, steps: [CHOICE] }),
      verdict('again', 6, 'rejected'),
      answered('unjudged', 7, CITED, asked),
      answered('narrow', 2, CITED, { ...asked, scope: ['a.ts'] }),
      tick('narrow', 12, 1, 'right'),
    ]);
    expect(learned.tasks.map(({ task, scope }) => [task.id, ...scope])).toEqual([['narrow', 'a.ts'], ['late']]);
    expect(learned.rejected.map(({ id }) => id)).toEqual(['again']);
    expect(dropsOf(learned)).toEqual({ 'answers to questions that were answered again later': 1 });
  });

  test('are kept aside by time', () => {
    const items = [5, 3, 9, 1, 7, 2].map((timeMs) => ({ timeMs, task: { id: `t${timeMs}` } }));
    const times = (share: number, least: number, of = items) =>
      Object.values(splitByTime(of, share, least)).map((part: typeof items) => part.map(({ timeMs }) => timeMs));
    expect(times(1 / 3, 1)).toEqual([
      [1, 2, 3, 5],
      [7, 9],
    ]);
    expect(times(1 / 3, 3)).toEqual([
      [1, 2, 3],
      [5, 7, 9],
    ]);
    expect(times(1 / 3, 4)).toEqual([
      [1, 2, 3],
      [5, 7, 9],
    ]);
    expect(times(1 / 3, 4, items.slice(0, 1))).toEqual([[5], []]);
    expect(times(1 / 3, 4, [])).toEqual([[], []]);
  });
});

describe('hostile feedback', () => {
  const outcome = async (more: object, place: PlaceText = CITED[0]!, id = 'q'): Promise<Record<string, number>> =>
    dropsOf(await learn([answered(id, 1, [place], more), verdict(id, 2, 'accepted')]));

  test('is bounded', async () => {
    expect(await outcome({ searchedFor: 'x'.repeat(MAX_QUESTION + 1) })).toEqual({
      'answers to questions that are too long': 1,
    });
    expect(await outcome({ searchedFor: ' ?! ' })).toEqual({ 'answers to questions without a word to search for': 1 });
    for (const id of ['', 'history/web:0123456789ab', 'x'.repeat(201), 'a b'])
      expect(await outcome({}, CITED[0], id)).toEqual({ 'answers without a proper id': 1 });
    const places = Array.from({ length: MAX_PLACES + 3 }, () => pointedOut('q', 2, CITED[0]!));
    const different = places.map((event, i) => ({ ...event, place: { ...CITED[0]!, end: i + 1 } }) as FeedbackEvent);
    expect(dropsOf(await learn([answered('q', 1, []), ...different]))).toEqual({
      [`places beyond the first ${MAX_PLACES} of an answer`]: 3,
    });
    const steps = [CHOICE, { action: { kind: 'run' }, logProb: 0.1, legal: 1 }] as const;
    expect(dropsOf(await learn([answered('q', 1, [], { steps }), verdict('q', 2, 'rejected')]))).toEqual({
      'rejected answers whose steps cannot be used': 1,
    });
  });

  test('is cut to the newest answers', async () => {
    const many = Array.from({ length: MAX_ANSWERS + 2 }, (_, i) => [
      answered(`q${i}`, i, [], { steps: [CHOICE] }),
      verdict(`q${i}`, i, 'rejected'),
    ]);
    const learned = await learn(many.flat());
    expect(learned.rejected).toHaveLength(MAX_ANSWERS);
    expect(learned.rejected[0]!.id).toBe('q2');
    expect(dropsOf(learned)).toEqual({ [`answers beyond the newest ${MAX_ANSWERS}`]: 2 });
  });

  test.each(['../a.ts', '/a.ts', 'x/../a.ts', './a.ts', '', '~docs/site/a.md'])('finds nothing at %j', async (path) => {
    const anywhere = { ...present(), locate: async (places: readonly PlaceText[]) => places };
    const learned = await learn([answered('q', 1, [{ ...SEVEN, path }]), verdict('q', 2, 'accepted')], anywhere);
    expect(learned.tasks).toEqual([]);
    expect(dropsOf(learned)).toEqual({
      'places outside of the workspace': 1,
      'answers with all places outside of the workspace': 1,
    });
  });

  const word = fc.constantFrom(
    'a.ts',
    'b.ts',
    'one',
    'seven',
    '__proto__',
    'constructor',
    '..',
    '/etc',
    '\0',
    '\ud800',
    '',
  );
  const place = fc.record({
    path: word,
    start: fc.nat(9).map((n) => n + 1),
    end: fc.nat(9).map((n) => n + 1),
    lines: fc.array(word, { maxLength: 3 }),
  });
  const id = fc.constantFrom('p', 'q', '__proto__', 'toString', 'x/y');
  const timeMs = fc.oneof(fc.nat(5), fc.constantFrom(-1e308, 1e308));
  const anyEvent: fc.Arbitrary<FeedbackEvent> = fc.oneof(
    fc
      .record({
        id,
        timeMs,
        cited: fc.array(place, { maxLength: 4 }),
        scope: fc.array(word, { maxLength: 2 }),
        text: word,
        found: fc.boolean(),
        folders: fc.constantFrom([], [{ name: '', commit: 'now' }]),
      })
      .map(({ id: own, timeMs: at, cited, scope, text, found, folders }) =>
        answered(own, at, cited, { scope, searchedFor: text, found, folders }),
      ),
    fc
      .record({ id, timeMs, said: fc.constantFrom('accepted', 'rejected', 'none') })
      .map((one) => verdict(one.id, one.timeMs, one.said as 'none')),
    fc
      .record({ id, timeMs, number: fc.nat(5).map((n) => n + 1), said: fc.constantFrom('right', 'wrong', 'none') })
      .map((one) => tick(one.id, one.timeMs, one.number, one.said as 'none')),
    fc.record({ id, timeMs, place }).map((one) => pointedOut(one.id, one.timeMs, one.place)),
  );

  test('of any kind gives tasks that can be written and read, with lines that are there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { maxLength: 30 }), async (events) => {
        for (const event of events) expect(parseFeedbackLine(JSON.stringify(event)).ok).toBe(true);
        const { tasks, rejected, dropped } = await learn(events);
        for (const { task } of tasks) {
          expect(parseTaskLine(formatTaskLine(task))).toEqual(task);
          for (const { path, start, end } of [...task.goldSpans, ...(task.knownWrong ?? [])])
            expect(FILES[path]!.slice(start - 1, end)).toHaveLength(end - start + 1);
        }
        expect(new Set([...tasks.map(({ task }) => task.id), ...rejected.map((one) => one.id)]).size).toBe(
          tasks.length + rejected.length,
        );
        for (const { count } of dropped) expect(count).toBeGreaterThan(0);
      }),
    );
  });
});
