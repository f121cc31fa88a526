/** A run that learns cannot begin or go on; the message is one or more whole sentences for a person. */
export class LearningError extends Error {
  override readonly name = 'LearningError';
}
