/**
 * Protocol buffers' wire format, as much of it as a model file needs (protobuf.dev/programming-guides/encoding): fields
 * of varints and of bytes, written and read. Left out: groups, signed zigzag numbers, fixed-width fields but their
 * skipping.
 */

/** A message under construction: pieces of bytes in their order. */
export type Message = Uint8Array[];

/** Any non-negative safe integer; negative ones are written in 64-bit two's complement. */
export function varintField(message: Message, field: number, value: number): void {
  message.push(varint(field * 8), varint(value));
}

export function bytesField(message: Message, field: number, bytes: Uint8Array): void {
  message.push(varint(field * 8 + 2), varint(bytes.length), bytes);
}

export function textField(message: Message, field: number, text: string): void {
  bytesField(message, field, encodeUtf8(text));
}

export function messageField(message: Message, field: number, inner: Message): void {
  bytesField(message, field, joinBytes(inner));
}

/** A 32-bit float. */
export function floatField(message: Message, field: number, value: number): void {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  message.push(varint(field * 8 + 5), bytes);
}

export function joinBytes(pieces: Message): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** Of a varint field the number, of a field with a length its bytes; other kinds are skipped. */
export interface Field {
  readonly field: number;
  readonly number?: number;
  readonly bytes?: Uint8Array;
}

/** The fields of a message in their order. Throws a MalformedError at bytes that are none. */
export function* readFields(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const next = (): number => {
    const [value, end] = readVarint(bytes, at);
    at = end;
    return value;
  };
  while (at < bytes.length) {
    const key = next();
    const [field, kind] = [Math.floor(key / 8), key % 8];
    if (kind === 0) {
      yield { field, number: next() };
      continue;
    }
    const length = kind === 2 ? next() : FIXED_WIDTHS[kind];
    if (length === undefined || length < 0 || length > bytes.length - at)
      throw new MalformedError(`a field ends too late at ${at}`);
    at += length;
    yield kind === 2 ? { field, bytes: bytes.subarray(at - length, at) } : { field };
  }
}

/** Numbers without keys, one after the other: a packed list. Throws a MalformedError at bytes that are none. */
export function readPacked(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const [value, end] = readVarint(bytes, at);
    numbers.push(value);
    at = end;
  }
  return numbers;
}

export class MalformedError extends Error {}

/** UTF-8; halves of surrogate pairs become U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text.toWellFormed()) {
    const code = character.codePointAt(0)!;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), tail(code));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), tail(code >> 6), tail(code));
    else bytes.push(0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code));
  }
  return Uint8Array.from(bytes);
}

/** Throws a MalformedError at bytes that are no UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  const characters: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = sequenceSize(bytes[at]!);
    const code = codeAt(bytes, at, size);
    if (code < SMALLEST[size]! || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
      throw new MalformedError(NO_UTF8);
    characters.push(String.fromCodePoint(code));
    at += size;
  }
  return characters.join('');
}

const NO_UTF8 = 'a text is not UTF-8';
const FIXED_WIDTHS: Readonly<Record<number, number>> = { 1: 8, 5: 4 };
/** By the length of a sequence, the smallest character that needs so many bytes. */
const SMALLEST = [0, 0, 0x80, 0x800, 0x10000];

const tail = (bits: number): number => 0x80 | (bits & 0x3f);

function sequenceSize(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc0 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  if (first >= 0xf0 && first < 0xf8) return 4;
  throw new MalformedError(NO_UTF8);
}

function codeAt(bytes: Uint8Array, at: number, size: number): number {
  let code = size === 1 ? bytes[at]! : bytes[at]! & (0xff >> (size + 1));
  for (let i = 1; i < size; i++) {
    const byte = bytes[at + i] ?? 0;
    if ((byte & 0xc0) !== 0x80) throw new MalformedError(NO_UTF8);
    code = (code << 6) | (byte & 0x3f);
  }
  return code;
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value < 0 ? BigInt.asUintN(64, BigInt(value)) : BigInt(value);
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.from([...bytes, Number(rest)]);
}

/** The number, signed as 64 bits are, and where it ends. */
function readVarint(bytes: Uint8Array, start: number): [number, number] {
  let value = 0n;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) break;
    value |= BigInt(byte & 127) << BigInt(7 * i);
    if (byte < 128) return [Number(BigInt.asIntN(64, value)), start + i + 1];
  }
  throw new MalformedError(`a number has no end at ${start}`);
}
