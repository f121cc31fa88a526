/** Why a docs site was not read, as a sentence for people. */
export class CrawlError extends Error {
  override readonly name = 'CrawlError';
  readonly kind: 'failed' | 'cancelled';

  constructor(kind: CrawlError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}
