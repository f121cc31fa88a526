import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReport } from '#core/learning/parseReport.ts';
import { reportPage } from '#core/learning/reportPage.ts';
import { trainedReport } from '../../../test/fakes/trainedReport.ts';

const report = trainedReport(0.3);
const copy = (): Record<string, unknown> => JSON.parse(JSON.stringify(report)) as Record<string, unknown>;

/** All places of a value: the keys that lead to them. */
function placesOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[key], ...placesOf(inner).map((place) => [key, ...place])]);
}

function put(root: Record<string, unknown>, place: readonly string[], value: unknown): void {
  const holder = place.slice(0, -1).reduce((inner, key) => inner[key] as Record<string, unknown>, root);
  holder[place.at(-1)!] = value;
}

describe('a report that was read', () => {
  it('is what was written, with fields that this version does not know', () => {
    const read = copy();
    expect(parseReport(read)).toEqual(report);
    expect(parseReport({ ...read, later: 1 })).toEqual({ ...report, later: 1 });
  });

  it.each([
    ['nothing', null],
    ['a list', []],
    ['a text', 'report'],
    ['another version', { ...report, version: 2 }],
    ['no number', { ...report, endedMs: Number.NaN }],
  ])('is none if it is %s', (_, value) => expect(parseReport(value)).toBeUndefined());

  it('is refused, or can be shown, whatever is put into it at whatever place', () => {
    const places = placesOf(report);
    const values = fc.oneof(fc.jsonValue(), fc.constantFrom(undefined, Infinity, -1, 1.5, '__proto__'));
    fc.assert(
      fc.property(fc.constantFrom(...places), values, (place, value) => {
        const changed = copy();
        put(changed, place, value);
        const read = parseReport(changed);
        if (read) expect(reportPage(read)).not.toMatch(/NaN|undefined|\[object/);
      }),
      { numRuns: 300 },
    );
  });
});
