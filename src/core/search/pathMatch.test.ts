import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { knownPaths, rankPaths } from '#core/search/pathMatch.ts';

const FILES = [
  'README.md',
  'docs/uploads.md',
  'src/net/retry.ts',
  'src/net/uploadQueue.ts',
  'src/net/uploadQueue.test.ts',
  'src/queue/index.ts',
  'src/queue/squeue.ts',
  'test/net/retry.test.ts',
];
const best = (typed: string, limit = 3) => rankPaths(typed, knownPaths(FILES), limit);

describe('typed characters', () => {
  const cases: [typed: string, ...expected: string[]][] = [
    ['readme.md', 'README.md'],
    ['retry', 'src/net/retry.ts', 'test/net/retry.test.ts'],
    ['upl', 'docs/uploads.md', 'src/net/uploadQueue.ts', 'src/net/uploadQueue.test.ts'],
    ['queue', 'src/queue/', 'src/net/uploadQueue.ts', 'src/net/uploadQueue.test.ts'],
    ['uq', 'src/net/uploadQueue.ts', 'src/net/uploadQueue.test.ts'],
    ['src/n', 'src/net/', 'src/net/retry.ts', 'src/net/uploadQueue.ts'],
    ['src/net/', 'src/net/', 'src/net/retry.ts', 'src/net/uploadQueue.ts'],
    ['/src/queue', 'src/queue/', 'src/queue/index.ts', 'src/queue/squeue.ts'],
    ['./SRC\\QUEUE\\i', 'src/queue/index.ts'],
    ['net/re', 'src/net/retry.ts', 'test/net/retry.test.ts'],
    ['snr', 'src/net/retry.ts'],
    ['xyz'],
  ];
  for (const [typed, ...expected] of cases)
    test(`${typed} stand for ${expected.join(', ') || 'nothing'}`, () => {
      expect(best(typed).slice(0, expected.length || 3)).toEqual(expected);
    });

  test('none give what stands at the top, folders first', () => {
    expect(best('', 5)).toEqual(['docs/', 'src/', 'test/', 'README.md', 'src/net/']);
    expect(best('  ', 1)).toEqual(['docs/']);
  });

  test('give no more than was asked for', () => {
    expect(best('e', 2)).toHaveLength(2);
    expect(best('e', 0)).toEqual([]);
    expect(best('e', -1)).toEqual([]);
  });

  test('that are longer in lower case do no harm', () => {
    const paths = knownPaths(['İİİ/İ.ts', 'a/İ.ts']);
    expect(rankPaths('.ts', paths, 9)).toEqual(['a/İ.ts', 'İİİ/İ.ts']);
  });
});

test('each folder is known once', () => {
  const folders = knownPaths(FILES).flatMap(({ path }) => (path.endsWith('/') ? [path] : []));
  expect(folders.sort()).toEqual(['docs/', 'src/', 'src/net/', 'src/queue/', 'test/', 'test/net/']);
});

test('of 9,000 files the best are found in little time', () => {
  const known = knownPaths(
    Array.from({ length: 9_000 }, (_, i) => `packages/part${i % 90}/src/net/moduleNumber${i}.ts`),
  );
  const spent = ['mod', 'part8/mod77', 'mn8', 'pkgmod', 'zz', ''].map((typed) => {
    const beganMs = performance.now();
    rankPaths(typed, known, 20);
    return performance.now() - beganMs;
  });
  // 30 ms are promised for each; a busy machine may hold one of them up.
  expect(spent.sort((a, b) => a - b)[3]).toBeLessThan(30);
});

const name = fc.stringMatching(/^[a-zA-Z0-9_.-]{1,8}$/);
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));

describe('of any paths', () => {
  test('exactly those are found that hold the characters in order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 20 }), fc.stringMatching(/^[a-z0-9]{1,4}$/), (files, typed) => {
        const known = knownPaths(files);
        const pattern = new RegExp([...typed].join('.*'), 'i');
        const expected = known.filter((one) => pattern.test(one.path)).map((one) => one.path);
        expect(rankPaths(typed, known, 1_000).sort()).toEqual(expected.sort());
      }),
    );
  });

  test('the order does not hang on the order of the files', () => {
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 20 }), fc.stringMatching(/^[a-z]{0,3}$/), (files, typed) => {
        expect(rankPaths(typed, knownPaths(files.toReversed()), 50)).toEqual(rankPaths(typed, knownPaths(files), 50));
      }),
    );
  });

  test('a whole path is the first to be found', () => {
    fc.assert(
      fc.property(fc.uniqueArray(path, { minLength: 1, maxLength: 20 }), (files) => {
        const lower = new Set(files.map((file) => file.toLowerCase()));
        const [one] = files;
        if (lower.size === files.length && !one!.startsWith('.'))
          expect(rankPaths(one!, knownPaths(files), 20)).toContain(one);
      }),
    );
  });
});
