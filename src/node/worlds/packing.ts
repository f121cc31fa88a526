/** Numbers and texts written one after another into two runs, and read back in the same order. */

export interface Packed {
  /** Whole numbers from 0, seven bits a byte, the lowest first (LEB128). */
  readonly numbers: Uint8Array;
  /** All texts without separators; their lengths stand among the numbers. */
  readonly text: string;
}

export interface Packer {
  /** A whole number from 0 to 2⁵³ − 1. */
  number(value: number): void;
  text(value: string): void;
  /** The length of the list, then each of its members. */
  list<T>(values: readonly T[], write: (value: T) => void): void;
  /** Rising numbers, by their differences. */
  rising(values: readonly number[]): void;
  end(): Packed;
}

export function createPacker(): Packer {
  let bytes = new Uint8Array(1 << 16);
  let length = 0;
  const texts: string[] = [];
  const number = (value: number): void => {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} cannot be packed.`);
    if (length + 8 > bytes.length) {
      const larger = new Uint8Array(2 * bytes.length);
      larger.set(bytes);
      bytes = larger;
    }
    let rest = value;
    while (rest >= 0x80) {
      bytes[length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    bytes[length++] = rest;
  };
  const list = <T>(values: readonly T[], write: (value: T) => void): void => {
    number(values.length);
    for (const value of values) write(value);
  };
  return {
    number,
    list,
    text(value) {
      number(value.length);
      texts.push(value);
    },
    rising(values) {
      let before = 0;
      list(values, (value) => {
        number(value - before);
        before = value;
      });
    },
    end: () => ({ numbers: bytes.slice(0, length), text: texts.join('') }),
  };
}

export interface Unpacker {
  number(): number;
  text(): string;
  list<T>(read: () => T): T[];
  rising(): number[];
}

/** Throws a `RangeError` where there is nothing more to read. */
export function createUnpacker({ numbers, text }: Packed): Unpacker {
  let at = 0;
  let textAt = 0;
  const number = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = numbers[at++];
      if (byte === undefined) throw new RangeError('The packed numbers end too early.');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  };
  const list = <T>(read: () => T): T[] => {
    const length = number();
    if (length > numbers.length) throw new RangeError('A packed list is longer than all that is packed.');
    const values: T[] = [];
    for (let i = 0; i < length; i++) values.push(read());
    return values;
  };
  return {
    number,
    list,
    text() {
      const end = textAt + number();
      if (end > text.length) throw new RangeError('The packed texts end too early.');
      const value = text.slice(textAt, end);
      textAt = end;
      return value;
    },
    rising() {
      let value = 0;
      return list(() => (value += number()));
    },
  };
}
