import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableJson } from '#core/answer/plainText.ts';

const cases: readonly [name: string, text: string, expected: string][] = [
  ['plain text as it is', 'Uploads: größe, 東京, שלום, 👩‍💻', 'Uploads: größe, 東京, שלום, 👩‍💻'],
  ['colours', '\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
  ['a window title', '\x1b]0;pwned\x07', '\\x1b]0;pwned\\x07'],
  ['the one-byte CSI', '\x9b2J', '\\x9b2J'],
  ['a carriage return that overwrites', 'safe\rEVIL', 'safe\\x0dEVIL'],
  ['line ends of a message', 'one\ntwo\r\nthree', 'one two three'],
  ['tabs', '\tif (x)', '  if (x)'],
  ['backspaces', 'rm\b\bls', 'rm\\x08\\x08ls'],
  ['bidirectional overrides', 'a\u202ebc\u2066d\u2069', 'a\\u202ebc\\u2066d\\u2069'],
  ['invisible characters', 'ad\u200bmin\ufeff\u3164', 'ad\\u200bmin\\ufeff\\u3164'],
  ['tag characters', 'x\u{e0041}', 'x\\u{e0041}'],
  ['line separators', 'a\u2028b\u0085c', 'a\\u2028b\\x85c'],
  ['lone surrogates', 'a\ud800b', 'a\\ud800b'],
];

describe('printable', () => {
  it.each(cases)('%s', (_, text, expected) => expect(printable(text)).toBe(expected));

  it('leaves nothing that steers a terminal, whatever comes in', () => {
    const text = fc.string({ unit: 'binary' });
    const steering = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/u;
    fc.assert(
      fc.property(text, (t) => !steering.test(printable(t))),
      { seed: 42, numRuns: 2_000 },
    );
    const controls = fc.array(fc.integer({ min: 0, max: 0x2100 }).map((c) => String.fromCharCode(c)));
    fc.assert(
      fc.property(controls, (t) => !steering.test(printable(t.join('')))),
      { seed: 42, numRuns: 2_000 },
    );
  });

  it('changes nothing the second time', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, (t) => printable(printable(t)) === printable(t)),
      { seed: 42, numRuns: 1_000 },
    );
  });
});

describe('printableJson', () => {
  it('parses back to the same value', () => {
    const value = fc.jsonValue({ stringUnit: 'binary' });
    const same = (v: unknown, indent: number) => {
      expect(JSON.parse(printableJson(v, indent))).toEqual(JSON.parse(JSON.stringify(v)));
    };
    fc.assert(fc.property(value, fc.constantFrom(0, 2), same), { seed: 42, numRuns: 1_000 });
  });

  it('escapes what JSON.stringify lets through', () => {
    expect(printableJson({ a: '\x9b2J\u202e\x7f\u{e0041}' })).toBe('{"a":"\\u009b2J\\u202e\\u007f\\udb40\\udc41"}');
    expect(printableJson({ a: 1 }, 2)).toBe('{\n  "a": 1\n}');
  });
});
