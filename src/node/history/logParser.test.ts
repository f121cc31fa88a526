import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogParser, MAX_FILES, MAX_MESSAGE, type LoggedCommit } from '#node/history/logParser.ts';

const ID = 'a'.repeat(40);

function parse(bytes: Buffer, pieces: readonly number[] = []): LoggedCommit[] {
  const commits: LoggedCommit[] = [];
  const parser = createLogParser((commit) => void commits.push(commit));
  let from = 0;
  for (const piece of pieces) parser.add(bytes.subarray(from, (from += piece)));
  parser.add(bytes.subarray(from));
  parser.end();
  return commits;
}

type Change = readonly ['M' | 'A' | 'D' | 'T', string] | readonly [`R${string}`, string, string];

/** As git writes it: the format, a NUL, and then the changes after a line break. */
const record = (id: string, timeS: number, subject: string, body: string, changes: readonly Change[] = []): string =>
  ['', '', id, timeS, subject, body, ''].join('\0') + (changes.length ? `\n${changes.flat().join('\0')}\0` : '');

describe('createLogParser', () => {
  it('reads commits with and without files', () => {
    const log =
      record(ID, 5, 'Add retry', 'why\n\nhow\n', [
        ['M', 'b.ts'],
        ['A', 'a.ts'],
      ]) + record(ID, 4, '', '');
    expect(parse(Buffer.from(log))).toEqual([
      {
        id: ID,
        timeS: 5,
        subject: 'Add retry',
        body: 'why\n\nhow\n',
        files: ['a.ts', 'b.ts'],
        fileCount: 2,
        renames: [],
      },
      { id: ID, timeS: 4, subject: '', body: '', files: [], fileCount: 0, renames: [] },
    ]);
  });

  it('gives a renamed file its new name and tells of the old one', () => {
    const log = record(ID, 5, 'Move', '', [
      ['R087', 'old/a.ts', 'new/a.ts'],
      ['D', 'gone.ts'],
    ]);
    expect(parse(Buffer.from(log))).toMatchObject([
      { files: ['gone.ts', 'new/a.ts'], fileCount: 2, renames: [['old/a.ts', 'new/a.ts']] },
    ]);
  });

  it('limits files and messages', () => {
    const changes = Array.from({ length: MAX_FILES + 7 }, (_, i) => ['A', `f${String(i).padStart(4, '0')}`] as const);
    const [commit] = parse(Buffer.from(record(ID, 5, 's'.repeat(30), 'é'.repeat(1_000_000), changes)));
    expect(commit?.files).toHaveLength(MAX_FILES);
    expect(commit?.fileCount).toBe(MAX_FILES + 7);
    expect(commit!.subject.length + commit!.body.length).toBe(MAX_MESSAGE);
  });

  it('leaves out a path that is too long to be one, and counts it', () => {
    const log = record(ID, 5, 'x', '', [
      ['A', 'p'.repeat(100_000)],
      ['R100', 'q'.repeat(100_000), 'new'],
      ['M', 'a'],
    ]);
    expect(parse(Buffer.from(log))).toMatchObject([{ files: ['a'], fileCount: 3, renames: [] }]);
  });

  it('drops a record that is not whole', () => {
    expect(parse(Buffer.from(record(ID, 5, 'one', '') + `\0\0${ID}\0${6}\0torn`))).toMatchObject([{ subject: 'one' }]);
  });

  const text = fc.oneof(
    fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', '').toWellFormed()),
    fc.constantFrom(ID, `\n${ID}`, 'M', 'R100', '\n', '\nM', '-'),
  );
  const name = text.filter((value) => value !== '');
  const change: fc.Arbitrary<Change> = fc.oneof(
    fc.tuple(fc.constantFrom('M' as const, 'A' as const, 'D' as const, 'T' as const), name),
    fc.tuple(fc.constantFrom('R100' as const, 'R051' as const), name, name),
  );
  const logged = fc.record({
    id: fc.stringMatching(/^([0-9a-f]{40}|[0-9a-f]{64})$/),
    timeS: fc.nat(),
    subject: text,
    body: text,
    changes: fc.array(change, { maxLength: 6 }),
  });

  it('takes no message and no file name for anything else, wherever the output is cut', () => {
    fc.assert(
      fc.property(fc.array(logged, { maxLength: 5 }), fc.array(fc.nat({ max: 40 })), (commits, pieces) => {
        const log = commits.map(({ id, timeS, subject, body, changes }) => record(id, timeS, subject, body, changes));
        expect(parse(Buffer.from(log.join('')), pieces)).toEqual(
          commits.map(({ id, timeS, subject, body, changes }) => ({
            id,
            timeS,
            subject,
            body,
            files: [...new Set(changes.map((parts) => parts.at(-1)!))].sort(),
            fileCount: changes.length,
            renames: changes.filter((parts) => parts.length === 3).map(([, from, to]) => [from, to]),
          })),
        );
      }),
      { seed: 42, numRuns: 400 },
    );
  });

  it('takes any bytes', () => {
    const bytes = fc
      .uint8Array({ maxLength: 400 })
      .map((value) => Buffer.from(value.map((byte) => (byte < 60 ? 0 : byte))));
    fc.assert(
      fc.property(bytes, fc.nat(), (value, cut) => {
        const log = Buffer.concat([Buffer.from(record(ID, 5, 'one', '', [['M', 'a']])), value]);
        for (const commit of parse(log.subarray(cut % 60))) expect(commit.id).toMatch(/^[0-9a-f]{40,64}$/);
      }),
      { seed: 42, numRuns: 400 },
    );
  });
});
