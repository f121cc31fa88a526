/** A growing set of small whole numbers. */
export class BitSet {
  size = 0;
  #words: Uint32Array;

  constructor(bytes?: Uint8Array) {
    this.#words = bytes ? new Uint32Array(bytes.slice().buffer, 0, bytes.length >> 2) : new Uint32Array(32);
    for (const word of this.#words) this.size += bitsIn(word);
  }

  has(number: number): boolean {
    return ((this.#words[number >>> 5] ?? 0) & (1 << (number & 31))) !== 0;
  }

  add(number: number): void {
    if (this.has(number)) return;
    const at = number >>> 5;
    if (at >= this.#words.length) this.#grow(at + 1);
    this.#words[at]! |= 1 << (number & 31);
    this.size++;
  }

  addAll(other: BitSet): void {
    if (other.#words.length > this.#words.length) this.#grow(other.#words.length);
    this.size = 0;
    for (let i = 0; i < this.#words.length; i++) this.size += bitsIn((this.#words[i]! |= other.#words[i] ?? 0));
  }

  /** What the constructor takes. */
  toBytes(): Uint8Array {
    return new Uint8Array(this.#words.slice().buffer);
  }

  #grow(words: number): void {
    const grown = new Uint32Array(Math.max(words, this.#words.length * 2));
    grown.set(this.#words);
    this.#words = grown;
  }
}

function bitsIn(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count++;
  return count;
}
