import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countReasons } from './countReasons.ts';
import type { FeedbackEvent } from './feedbackEvent.ts';
import { foldFeedback } from './foldFeedback.ts';
import { parseFeedbackLine } from './parseFeedbackLine.ts';
import { localFeedback, shareFeedback } from './shareFeedback.ts';

const DOCUMENT = readFileSync(new URL('../../../docs/feedback.md', import.meta.url), 'utf8');
const [SHARED = '', , ...EXAMPLE] = [...DOCUMENT.matchAll(/```jsonl\n([\s\S]*?)\n```/g)].flatMap(([, lines]) =>
  lines!.split('\n'),
);

function parsed(line: string): FeedbackEvent {
  const result = parseFeedbackLine(line);
  if (!result.ok) throw new Error(result.message);
  return result.event;
}
const EVENTS = EXAMPLE.map(parsed);
const ANSWERED = EVENTS[0] as Extract<FeedbackEvent, { type: 'answered' }>;
/** An event about the example's answer. */
const event = (said: object): FeedbackEvent => ({ version: 1, id: ANSWERED.id, timeMs: 1, ...said }) as FeedbackEvent;

describe('the document', () => {
  test('has an example of every type that reads as it says', () => {
    expect(new Set(EVENTS.map(({ type }) => type))).toEqual(
      new Set(['answered', 'verdict', 'tick', 'place', 'signal']),
    );
    expect(foldFeedback(EVENTS)).toEqual([
      {
        id: '6f1c',
        answered: ANSWERED,
        verdict: 'accepted',
        ticks: new Map([[1, 'right']]),
        places: [
          { path: 'src/net/queue.ts', start: 88, end: 88, lines: ['  await withBackoff(() => this.send(item));'] },
        ],
        opened: [1],
        copied: [],
      },
    ]);
  });

  test('has an answer as it is shared that reads as one of the repository that is open', () => {
    const shared = parsed(SHARED);
    const [local] = localFeedback(
      [shared],
      [{ name: '', repository: 'clone', prefix: 'packages/app/' }],
      countReasons(),
    );
    const { scope, citations } = ANSWERED;
    expect(local).toMatchObject({ scope, citations, folders: [{ name: '', commit: ANSWERED.folders[0]!.commit }] });
    const sharing = { folders: [{ name: '', repository: 'shop', prefix: 'packages/app/' }] };
    const { steps, ...rest } = shared as typeof ANSWERED;
    expect(steps).toHaveLength(1);
    expect(shareFeedback([ANSWERED], sharing, countReasons())).toMatchObject([rest]);
  });

  test('names every field and value of the example, and of every action', () => {
    const names = new Set<string>();
    const collect = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      if (!Array.isArray(value)) Object.keys(value).forEach((name) => names.add(name));
      Object.values(value).forEach(collect);
    };
    [...EVENTS, parsed(SHARED)].forEach(collect);
    for (const name of [
      ...names,
      'docs',
      'history',
      'co-change',
      'symbols',
      'not-found',
      'none',
      'wrong',
      'removed',
      'copied',
    ])
      expect(DOCUMENT).toContain(`\`${name}\``);
  });
});

/** A verdict with a field of which nothing is known, so deep in all. */
const nested = (depth: number): string =>
  `{"type":"verdict","version":1,"id":"x","timeMs":1,"verdict":"none","x":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;

describe('a line', () => {
  const broken = (change: (event: Record<string, unknown>) => void): string => {
    const copy = structuredClone(ANSWERED) as unknown as Record<string, unknown>;
    change(copy);
    return JSON.stringify(copy);
  };

  test.each([
    ['', 'This line is not whole JSON.'],
    [EXAMPLE[0]!.slice(0, -40), 'This line is not whole JSON.'],
    [nested(101), 'This line is nested deeper than 100 times.'],
    [nested(100_000), 'This line is nested deeper than 100 times.'],
    ['{"version":2,"type":"praise"}', 'This line is of version 2: a newer Spoor has written it.'],
    ['[]', 'This line is no feedback: `type` must be one of answered, verdict, tick, place, signal.'],
    ['null', 'This line is no feedback: `type` must be one of answered, verdict, tick, place, signal.'],
    ['{"type":"toString"}', 'This line is no feedback: `type` must be one of answered, verdict, tick, place, signal.'],
    ['{"type":"verdict","id":"x","timeMs":1,"verdict":"none"}', 'This line is no feedback: `version` must be 1.'],
    [
      '{"type":"verdict","version":1,"id":"x","timeMs":1,"verdict":"good"}',
      'This line is no feedback: `verdict` must be one of accepted, rejected, none.',
    ],
    [
      '{"type":"tick","version":1,"id":"x","timeMs":1,"number":0,"tick":"right"}',
      'This line is no feedback: `number` must be a whole number of at least 1.',
    ],
    [
      broken((one) => (one['citations'] = [ANSWERED.citations[0], { path: 'a', start: 1, end: '2', lines: [] }])),
      'This line is no feedback: `citations[1].end` must be a whole number of at least 1.',
    ],
    [
      broken((one) => (one['steps'] = [{ action: { kind: 'jump' }, logProb: 0, legal: 1 }])),
      /`steps\[0\]\.action\.kind` must be one of grep, /,
    ],
    [
      broken((one) => (one['steps'] = [{ action: { kind: 'run' }, logProb: null, legal: 1 }])),
      'This line is no feedback: `steps[0].logProb` must be a number.',
    ],
    [broken((one) => (one['scope'] = 'src')), 'This line is no feedback: `scope` must be a list.'],
    [broken((one) => (one['policy'] = 'learned')), 'This line is no feedback: `policy` must be an object.'],
  ])('%# says what is wrong with it', (line, message) => {
    const result = parseFeedbackLine(line);
    expect(result.ok ? '' : result.message).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    );
  });

  test('may have fields of which nothing is known', () => {
    expect(parsed(broken((one) => (one['mood'] = 'good')))).toHaveProperty('mood', 'good');
    expect(parsed(nested(100))).toHaveProperty('x');
  });

  test('of any text is read or refused', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.jsonValue().map((value) => JSON.stringify({ ...ANSWERED, steps: value })),
        ),
        (line) => {
          const result = parseFeedbackLine(line);
          if (result.ok) foldFeedback([result.event]);
          else expect(result.message).toMatch(/^This line is .+\.$/);
        },
      ),
    );
  });
});

describe('what events add up to', () => {
  const record = (...said: readonly object[]) => foldFeedback([ANSWERED, ...said.map(event)])[0]!;
  const place = (path: string) => ({ path, start: 1, end: 2, lines: ['a', 'b'] });

  test.each([
    ['accepted', 'accepted'],
    ['accepted rejected', 'rejected'],
    ['rejected none', undefined],
    ['none accepted', 'accepted'],
  ])('the verdicts %s are %s', (verdicts, expected) => {
    expect(record(...verdicts.split(' ').map((verdict) => ({ type: 'verdict', verdict }))).verdict).toBe(expected);
  });

  test('ticks count for citations that are there, the latest of each', () => {
    const tick = (number: number, said: string) => ({ type: 'tick', number, tick: said });
    expect(record(tick(1, 'right'), tick(1, 'wrong'), tick(2, 'right')).ticks).toEqual(new Map([[1, 'wrong']]));
    expect(record(tick(1, 'right'), tick(1, 'none')).ticks.size).toBe(0);
  });

  test('places are added once and removed by where they are', () => {
    const added = (path: string) => ({ type: 'place', taken: 'added', place: place(path) });
    const removed = (path: string) => ({ type: 'place', taken: 'removed', place: { ...place(path), lines: [] } });
    expect(record(added('a'), added('b'), added('a')).places).toEqual([place('a'), place('b')]);
    expect(record(added('a'), added('b'), removed('a')).places).toEqual([place('b')]);
    expect(record(removed('a')).places).toEqual([]);
  });

  test('may be many: each is added in the same time', () => {
    // Were all places looked through for each, this would take many minutes.
    const many = Array.from({ length: 150_000 }, (_, i) =>
      event({ type: 'place', taken: 'added', place: { path: 'a', start: i + 1, end: i + 1, lines: [] } }),
    );
    expect(foldFeedback([ANSWERED, ...many])[0]!.places).toHaveLength(many.length);
  });

  test('signals are kept once each', () => {
    const signal = (name: string, number: number) => ({ type: 'signal', signal: name, number });
    expect(record(signal('opened', 1), signal('opened', 1), signal('copied', 1), signal('opened', 9))).toMatchObject({
      opened: [1],
      copied: [1],
    });
  });

  test('answers stand in their order, and what is about none is left out', () => {
    const other = { ...ANSWERED, id: 'other' };
    const late = { ...event({ type: 'verdict', verdict: 'accepted' }), id: 'unknown' };
    const records = foldFeedback([ANSWERED, other, late, event({ type: 'verdict', verdict: 'rejected' })]);
    expect(records.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['6f1c', 'rejected'],
      ['other', undefined],
    ]);
  });

  test('a question that was asked again begins anew', () => {
    const again = { ...ANSWERED, timeMs: 5 };
    expect(foldFeedback([...EVENTS, again])).toEqual([
      { id: '6f1c', answered: again, ticks: new Map(), places: [], opened: [], copied: [] },
    ]);
  });
});
