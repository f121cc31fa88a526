import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FeedbackEvent } from '#core/feedback/feedbackEvent.ts';
import { answered, placeOf, pointedOut, signal, tick, verdict } from '../../../test/fakes/feedbackEvents.ts';
import { countReasons } from './countReasons.ts';
import { LEFT_OUT, leaveOutNames } from './leaveOutNames.ts';
import { newFeedback } from './newFeedback.ts';
import { localFeedback, shareFeedback } from './shareFeedback.ts';
import type { FolderPlace } from './sharedPaths.ts';

const SINGLE: FolderPlace[] = [{ name: '', repository: 'web', prefix: '' }];
const SUBFOLDER: FolderPlace[] = [{ name: '', repository: 'web', prefix: 'packages/app/' }];
const TWO_OF_ONE: FolderPlace[] = [
  { name: 'app', repository: 'web', prefix: 'packages/app/' },
  { name: 'lib', repository: 'web', prefix: 'packages/lib/' },
];
const TWO: FolderPlace[] = [
  { name: 'web', repository: 'web', prefix: '' },
  { name: 'server', repository: 'api', prefix: 'cmd/server/' },
];

const share = (events: readonly FeedbackEvent[], folders: FolderPlace[], leaveOut: string[] = []): FeedbackEvent[] =>
  shareFeedback(events, { folders, leaveOut }, countReasons());

function local(events: readonly FeedbackEvent[], folders: FolderPlace[]) {
  const counter = countReasons();
  const got = localFeedback(events, folders, counter);
  return { got, left: counter.counts().map(({ reason, count }) => `${count} ${reason}`) };
}

/** All paths of events, in their order. */
const pathsIn = (events: readonly FeedbackEvent[]): string[] =>
  events.flatMap((event) => {
    if (event.type === 'place') return [event.place.path];
    if (event.type !== 'answered') return [];
    const read = event.steps.flatMap(({ action }) => ('span' in action ? [action.span.path] : []));
    return [...event.scope, ...read, ...event.citations.map(({ path }) => path)];
  });

const about = (name: string, ...paths: readonly string[]): FeedbackEvent[] => [
  answered(
    'q',
    1,
    paths.map((path) => placeOf(path, 1, 'x')),
    {
      scope: [paths[0]!.replace(/\/[^/]*$/, '')],
      steps: [
        { action: { kind: 'read', span: { path: paths[0]!, start: 1, end: 9 }, candidate: 0 }, logProb: -1, legal: 3 },
      ],
      folders: [{ name, commit: 'c0ffee' }],
    },
  ),
  verdict('q', 2, 'accepted'),
  pointedOut('q', 3, placeOf(paths[0]!, 2, 'y')),
];

describe('what is shared', () => {
  test.each<[string, FolderPlace[], string, string, object[]]>([
    [
      'a folder that is a repository',
      SINGLE,
      'src/a.ts',
      'src/a.ts',
      [{ name: '', repository: 'web', commit: 'c0ffee' }],
    ],
    [
      'a folder inside of one',
      SUBFOLDER,
      'src/a.ts',
      'packages/app/src/a.ts',
      [{ name: '', repository: 'web', commit: 'c0ffee' }],
    ],
    [
      'two folders of one',
      TWO_OF_ONE,
      'lib/src/a.ts',
      'packages/lib/src/a.ts',
      [{ name: '', repository: 'web', commit: 'c0ffee' }],
    ],
    [
      'folders of two',
      TWO,
      'server/src/a.ts',
      'api/cmd/server/src/a.ts',
      [
        { name: 'web', repository: 'web' },
        { name: 'api', repository: 'api', commit: 'c0ffee' },
      ],
    ],
  ])('names files of %s from its top', (_, folders, path, shared, states) => {
    const name = folders.length > 1 ? path.split('/')[0]! : '';
    const events = about(name, path);
    const out = share(events, folders);
    expect(pathsIn(out)).toEqual([shared.replace('/a.ts', ''), shared, shared, shared]);
    expect(out[0]).toMatchObject({ folders: states });
    const back = local(out, folders).got;
    expect(back.slice(1)).toEqual(events.slice(1));
    expect({ ...back[0], folders: [] }).toEqual({ ...events[0], folders: [] });
    expect(back[0]).toMatchObject({ folders: expect.arrayContaining([{ name, commit: 'c0ffee' }]) });
  });

  test('has a scope of the whole folder as that folder', () => {
    const [event] = share([answered('q', 1, [], { scope: ['.'] })], SUBFOLDER);
    expect(event).toMatchObject({ scope: ['packages/app'] });
    expect(local([event!], SUBFOLDER).got).toMatchObject([{ scope: [] }]);
  });

  test('is shared once more as it is', () => {
    const shared = share(about('', 'src/a.ts'), SUBFOLDER);
    expect(share(shared, TWO)).toEqual(shared);
  });

  test('has documents outside of the workspace under their names', () => {
    expect(pathsIn(share(about('', '~docs/react/a.md'), SUBFOLDER))[1]).toBe('~docs/react/a.md');
  });

  test('has each answer once', () => {
    const one = about('', 'src/a.ts');
    const twin = one.map((event) => ({ ...event, id: 'twin' }));
    const asked = [...one, ...one, tick('gone', 4, 1, 'right')];
    expect(share([...asked, ...twin], SINGLE)).toHaveLength(one.length);
  });
});

describe('in another workspace', () => {
  const shared = share(about('', 'src/a.ts', 'lib/b.ts'), SUBFOLDER);

  test('files are those of its folders', () => {
    expect(pathsIn(local(shared, SINGLE).got)[1]).toBe('packages/app/src/a.ts');
    expect(pathsIn(local(shared, TWO_OF_ONE).got)).toEqual([
      'app/src',
      'app/src/a.ts',
      'app/src/a.ts',
      'app/lib/b.ts',
      'app/src/a.ts',
    ]);
    expect(local(shared, TWO).got[0]).toMatchObject({
      scope: ['web/packages/app/src'],
      folders: [{ name: 'web', commit: 'c0ffee' }],
    });
  });

  test('the name of a repository counts only where there are several', () => {
    const renamed: FolderPlace[] = [{ name: '', repository: 'web-2', prefix: '' }];
    expect(local(shared, renamed).left).toEqual([]);
    const others = TWO.map((folder) => ({ ...folder, repository: `${folder.repository}-2` }));
    expect(local(shared, others)).toEqual({
      got: [],
      left: ['1 answers about repositories that are not in this workspace'],
    });
  });

  test('a scope above its folders is all of them, one elsewhere is none', () => {
    const narrowed = (...scope: string[]): FeedbackEvent[] => [
      { ...(shared[0] as Extract<FeedbackEvent, { type: 'answered' }>), scope },
    ];
    expect(local(narrowed('./packages/'), SUBFOLDER).got).toMatchObject([{ scope: [] }]);
    expect(local(narrowed('packages'), TWO_OF_ONE).got).toMatchObject([{ scope: ['app', 'lib'] }]);
    expect(local(narrowed('packages/app', 'docs'), SUBFOLDER).got).toMatchObject([{ scope: [] }]);
    expect(local(narrowed('packages/app/src', 'docs'), SUBFOLDER).got).toMatchObject([{ scope: ['src'] }]);
    expect(local(narrowed('packages/application'), SUBFOLDER)).toEqual({
      got: [],
      left: ['1 answers narrowed to files outside of this workspace'],
    });
  });

  test('places outside of it lead nowhere, and answers about nothing else are left out', () => {
    const mixed = share(about('', 'packages/app/a.ts', 'tools/b.ts'), SINGLE);
    expect(pathsIn(local(mixed, SUBFOLDER).got)).toContain('../tools/b.ts');
    const outside = share(
      about('', 'packages/app2/a.ts').map((event) => ({ ...event, scope: [] })) as FeedbackEvent[],
      SINGLE,
    );
    expect(local(outside, SUBFOLDER)).toEqual({ got: [], left: ['1 answers about files outside of this workspace'] });
  });

  test.each(['/etc/passwd', '../x', 'a/../../x', 'C:/x', 'a\\..\\x', 'a\0', 'a//b', 'a/.'])(
    '%j leads nowhere',
    (path) => {
      const states = [{ name: '', repository: 'web' }];
      const events = [answered('q', 1, [placeOf(path, 1, 'x'), placeOf('a.ts', 1, 'x')], { folders: states })];
      expect(pathsIn(local(events, SINGLE).got)).toEqual([path.startsWith('../') ? path : `../${path}`, 'a.ts']);
    },
  );

  test('any path comes back, or leads nowhere', () => {
    const part = fc.constantFrom(
      'a',
      'b.ts',
      'packages',
      'app',
      'lib',
      'web',
      'server',
      'cmd',
      '..',
      '',
      '~docs',
      '__proto__',
    );
    const path = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(
        path,
        fc.constantFrom(SINGLE, SUBFOLDER, TWO_OF_ONE, TWO),
        fc.constantFrom(SINGLE, SUBFOLDER, TWO_OF_ONE, TWO),
        (some, from, to) => {
          const event = answered('q', 1, [placeOf(some, 1, 'x'), placeOf('packages/app/a', 1, 'x')]);
          const shared = share([event], from);
          const own = pathsIn(local(shared, from).got)[0];
          const isInside = from.length === 1 || from.some(({ name }) => some === name || some.startsWith(`${name}/`));
          if (own !== undefined && isInside && !/(^|\/)\.?\.?(\/|$)/.test(some)) expect(own).toBe(some);
          for (const other of pathsIn(local(shared, to).got))
            expect(other.startsWith('../') || other.startsWith('~docs/') || !/(^|\/)\.\.(\/|$)|^\//.test(other)).toBe(
              true,
            );
        },
      ),
    );
  });
});

describe('names', () => {
  const clean = (patterns: readonly string[], question: string): string => {
    const [event] = share([answered('q', 1, [], { question, searchedFor: `${question}\n${question}` })], SINGLE, [
      ...patterns,
    ]);
    const { question: cleaned, searchedFor } = event as Extract<FeedbackEvent, { type: 'answered' }>;
    expect(searchedFor).toBe(`${cleaned}\n${cleaned}`);
    return cleaned;
  };

  test.each<[string[], string, string]>([
    [['acme*'], 'where does AcmeClient call ACME?', 'where does … call …?'],
    [['acme'], 'where is acmeClient (acme)?', 'where is acmeClient (…)?'],
    [['*acme*'], 'is getAcmeClient() in x/acme/y.ts?', 'is …() in …?'],
    [['*.acme.com'], 'who calls "api.acme.com"?', 'who calls "…"?'],
    [['*@*'], 'mail to jo.doe@acme.com, please', 'mail to …, please'],
    [['@acme'], 'ask -@acme, @@acme or @acme.', 'ask -…, @@acme or ….'],
    [['@'], 'signs: @, .@-@. and jo@', 'signs: …, .…-…. and jo…'],
    [['project-?'], 'what starts project-x here', 'what starts … here'],
    [['müller'], 'wo ist Müller', 'wo ist …'],
    [
      ['[a-z]+', '.*', '(x', '  ', ''],
      'nothing is a pattern but what it says',
      'nothing is a pattern but what it says',
    ],
    [['*'], 'all gone', '… …'],
    [[], 'kept', 'kept'],
  ])('that fit %j are left out', (patterns, question, cleaned) => {
    expect(clean(patterns, question)).toBe(cleaned);
  });

  test('are left out of terms and names of the steps, and of nothing else', () => {
    const term = (text: string, ...parts: string[]) => ({ text, parts, key: parts.join(' ') });
    const actions = [
      { kind: 'grep', term: term('AcmeClient', 'acme', 'client'), origin: 'question', lead: 0 },
      { kind: 'grep', term: term('x_acme', 'x', 'acme'), origin: 'docs', lead: 0 },
      { kind: 'grep', term: term('client', 'client'), origin: 'question', lead: 0 },
      { kind: 'symbols', name: 'acmeMain' },
      { kind: 'read', span: { path: 'acme/a.ts', start: 1, end: 2 }, candidate: 0 },
    ] as const;
    const event = answered('q', 1, [placeOf('acme/a.ts', 1, 'acme()')], {
      steps: actions.map((action) => ({ action, logProb: -1, legal: 2 })),
    });
    const gone = term(LEFT_OUT, LEFT_OUT);
    const [shared] = share([event], SINGLE, ['acme*']);
    expect(shared).toMatchObject({
      citations: event.citations,
      steps: [
        { action: { kind: 'grep', term: gone } },
        { action: { kind: 'grep', term: gone } },
        { action: actions[2] },
        { action: { kind: 'symbols', name: LEFT_OUT } },
        { action: actions[4] },
      ],
    });
  });

  test('cost little time, whatever the pattern', () => {
    const leave = leaveOutNames(['*a'.repeat(200)]);
    const event = answered('q', 1, [], { question: `${'a'.repeat(4000)}b`, searchedFor: 'x' });
    expect(leave(event)).toEqual(event);
  });

  test('cost little time, whatever the text', () => {
    // Were each sign tried as a beginning, this would take hours.
    for (const signs of ['@', '-', '.@', 'a.'])
      expect(clean(['acme'], `${signs.repeat(500_000)} acme`)).toBe(`${signs.repeat(500_000)} …`);
  });
});

describe('what is added to feedback that is there', () => {
  const added = (known: readonly FeedbackEvent[], incoming: readonly FeedbackEvent[]) => {
    const counter = countReasons();
    const events = newFeedback(known, incoming, counter);
    return { events, left: counter.counts().map(({ reason, count }) => `${count} ${reason}`) };
  };
  const ask = (id: string, timeMs = 1, searchedFor = `about ${id}`) =>
    answered(id, timeMs, [placeOf('a.ts', 1, 'x')], { searchedFor });
  const known = [ask('a'), verdict('a', 5, 'accepted')];

  test('is what was not there', () => {
    const incoming = [ask('b'), verdict('b', 2, 'rejected'), signal('b', 3, 1, 'opened')];
    expect(added(known, incoming)).toEqual({ events: incoming, left: [] });
    expect(added(incoming, incoming)).toEqual({ events: [], left: ['1 answers that are there already'] });
  });

  test('is what was said later about an answer that is there, once', () => {
    const later = tick('a', 7, 1, 'right');
    expect(added(known, [...known, later, later]).events).toEqual([later]);
    expect(added(known, [later]).events).toEqual([later]);
    const early = verdict('a', 3, 'rejected');
    expect(added(known, [early, later])).toEqual({
      events: [later],
      left: ['1 lines that are older than what is there about their answer'],
    });
  });

  test('never takes the place of an answer that is there', () => {
    const forged = [ask('a', 9), verdict('a', 10, 'rejected')];
    expect(added(known, forged)).toEqual({ events: [], left: ['1 other answers with the id of one that is there'] });
  });

  test('is no answer with the same question, verdict and time', () => {
    const twin = [ask('z', 1, 'about a'), verdict('z', 6, 'accepted')];
    expect(added(known, twin)).toEqual({ events: [], left: ['1 answers that are there already'] });
    expect(added(known, [...twin, verdict('z', 7, 'rejected')]).events).toHaveLength(3);
    expect(added(known, [ask('z', 2, 'about a'), verdict('z', 6, 'accepted')]).events).toHaveLength(2);
  });

  test('is nothing about answers that nobody has', () => {
    expect(added(known, [verdict('x', 1, 'accepted'), tick('x', 1, 1, 'right')])).toEqual({
      events: [],
      left: ['2 lines about answers that are not there'],
    });
  });

  test('is nothing the second time, whatever it is', () => {
    const id = fc.constantFrom('a', 'b', '__proto__', 'toString');
    const timeMs = fc.nat(4);
    const event: fc.Arbitrary<FeedbackEvent> = fc.oneof(
      fc.record({ id, timeMs }).map((one) => ask(one.id, one.timeMs)),
      fc
        .record({ id, timeMs, said: fc.constantFrom('accepted', 'rejected', 'none') })
        .map((one) => verdict(one.id, one.timeMs, one.said as 'none')),
      fc
        .record({ id, timeMs, number: fc.constantFrom(1, 2) })
        .map((one) => tick(one.id, one.timeMs, one.number, 'right')),
    );
    const some = fc.array(event, { maxLength: 12 });
    fc.assert(
      fc.property(some, some, (before, incoming) => {
        const first = added(before, incoming).events;
        expect(added([...before, ...first], incoming).events).toEqual([]);
        expect(first.every((one) => incoming.includes(one))).toBe(true);
      }),
    );
  });
});
