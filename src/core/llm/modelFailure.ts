/** Why a language model gave no whole reply, as a sentence for people that says what to do next. */
export class ModelFailure extends Error {
  override readonly name = 'ModelFailure';
  readonly kind: ModelFailureKind;

  constructor(kind: ModelFailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

export type ModelFailureKind =
  /** Nobody answers there. */
  | 'unreachable'
  /** The key is missing or not accepted, or the user has not given consent. */
  | 'key'
  /** There is no model of this name. */
  | 'no-model'
  /** Too many requests, or the account's limit is reached. */
  | 'limit'
  /** The prompt is too long for the model. */
  | 'too-long'
  /** The model or its server does not want to answer this. */
  | 'refused'
  /** Nothing came for too long. */
  | 'timeout'
  /** The stream ended in the middle. */
  | 'broken'
  /** What came is not of the protocol. */
  | 'malformed'
  | 'cancelled'
  | 'failed';
