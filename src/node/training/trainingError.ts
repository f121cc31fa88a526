/** A run cannot begin or go on; the message is one or more whole sentences for a person. */
export class TrainingError extends Error {
  override readonly name = 'TrainingError';
}
