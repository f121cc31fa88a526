import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutLine, decodeBytes, decodeText, formatOf, isBinary, linesOf } from '#node/textDecoding.ts';

const SEEDED = { seed: 42, numRuns: 500 };
const text = fc.string({
  unit: fc.oneof(fc.constantFrom('\n', '\r', '\r\n', '\u{1f600}', 'é', '\ufeff'), fc.string()),
});

const utf16 = (value: string, bigEndian: boolean): Buffer => {
  const bytes = Buffer.from(`\ufeff${value}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};

describe('decodeText', () => {
  it('gives back what was encoded, in every encoding', () => {
    fc.assert(
      fc.property(text, (raw) => {
        const value = raw.toWellFormed();
        const bom = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(value)]);
        expect(decodeText(bom)).toEqual({ text: value, encoding: 'utf-8-bom', lossy: false });
        expect(decodeText(utf16(value, false))).toEqual({ text: value, encoding: 'utf-16le', lossy: false });
        expect(decodeText(utf16(value, true))).toEqual({ text: value, encoding: 'utf-16be', lossy: false });
        if (value.startsWith('\ufeff')) return;
        expect(decodeText(Buffer.from(value))).toEqual({ text: value, encoding: 'utf-8', lossy: false });
      }),
      SEEDED,
    );
  });

  it('takes any bytes, and says when it replaced some', () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.uint8Array().map((a) => Uint8Array.of(0xff, 0xfe, ...a)),
    );
    fc.assert(
      fc.property(bytes, (value) => {
        const { text: decoded, lossy, encoding } = decodeText(value);
        const back = encoding.startsWith('utf-16') ? undefined : Buffer.from(decoded);
        if (lossy) expect(decoded).toContain('\ufffd');
        else if (back) expect(back).toEqual(Buffer.from(value.subarray(formatOf(value).bomBytes)));
        expect(decoded.isWellFormed()).toBe(true);
      }),
      SEEDED,
    );
  });

  it.each([
    [[0x61, 0xff, 0x62], 'a\ufffdb', 'utf-8', true],
    [[0xff, 0xfe, 0x61], '\ufffd', 'utf-16le', true],
    [[0xff, 0xfe, 0x00, 0xd8], '\ufffd', 'utf-16le', true],
    [[0xfe, 0xff, 0x00, 0x61, 0x62], 'a\ufffd', 'utf-16be', true],
    [[0xef, 0xbb, 0xbf], '', 'utf-8-bom', false],
    [[], '', 'utf-8', false],
  ])('decodes %j', (bytes, expected, encoding, lossy) => {
    expect(decodeText(Uint8Array.from(bytes))).toEqual({ text: expected, encoding, lossy });
  });

  it('drops the torn character at the end of cut bytes', () => {
    const bytes = Buffer.from('aé').subarray(0, 2);
    expect(decodeBytes(bytes, formatOf(bytes), true)).toEqual({ text: 'a', lossy: false });
    expect(decodeBytes(bytes, formatOf(bytes))).toEqual({ text: 'a\ufffd', lossy: true });
  });
});

describe('isBinary', () => {
  it.each([
    ['plain text', Buffer.from('text'), false],
    ['nothing', Buffer.alloc(0), false],
    ['a NUL byte', Buffer.from('te\0xt'), true],
    ['UTF-16', utf16('a\0b', false), false],
    ['UTF-16, big-endian', utf16('ab', true), false],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), true],
  ])('knows %s', (_name, bytes, expected) => {
    expect(isBinary(bytes)).toBe(expected);
  });
});

describe('linesOf', () => {
  it.each([
    ['', []],
    ['a', ['a']],
    ['a\n', ['a']],
    ['\n', ['']],
    ['a\n\n', ['a', '']],
    ['a\r\nb', ['a', 'b']],
    ['a\rb\r', ['a\rb\r']],
    ['a\r\r\n', ['a\r']],
    ['a\u2028b\u0085c', ['a\u2028b\u0085c']],
  ])('splits %j', (value, expected) => {
    expect(linesOf(value)).toEqual(expected);
  });

  it('loses nothing but terminators', () => {
    fc.assert(
      fc.property(text, (value) => {
        const lines = linesOf(value);
        const ended = value.endsWith('\n') ? '\n' : '';
        expect(lines.length ? lines.join('\n') + ended : '').toBe(value.replaceAll('\r\n', '\n'));
        expect(lines.some((line) => line.includes('\n'))).toBe(false);
      }),
      SEEDED,
    );
  });
});

it('cuts lines between characters', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 12 }), (value, maxUnits) => {
      const line = value.toWellFormed();
      const cut = cutLine(line, maxUnits);
      expect(line.startsWith(cut)).toBe(true);
      expect(cut.isWellFormed()).toBe(true);
      expect(cut.length).toBeGreaterThanOrEqual(Math.min(line.length, maxUnits - 1));
      expect(cut.length).toBeLessThanOrEqual(maxUnits);
    }),
    SEEDED,
  );
});
