/** Why documents could not be looked for, a sentence for people. */
export class RetrievalError extends Error {
  override readonly name = 'RetrievalError';
  /** Whether it may be asked again later. */
  readonly isBusy: boolean;

  constructor(message: string, isBusy = false) {
    super(message);
    this.isBusy = isBusy;
  }
}
