/** Why documents could not be looked for, a sentence for people. */
export class RetrievalError extends Error {
  override readonly name = 'RetrievalError';
  readonly kind: RetrievalFault;

  constructor(message: string, kind: RetrievalFault = 'failed') {
    super(message);
    this.kind = kind;
  }
}

/** `busy`: it may be asked again later. `deadly`: it lies with this query alone, which ends processes. */
type RetrievalFault = 'busy' | 'deadly' | 'failed';
