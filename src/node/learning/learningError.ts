/** A run that learns cannot begin or go on; the message is one or more whole sentences for a person. */
export class LearningError extends Error {
  override readonly name = 'LearningError';
}

/** What is said of a fault of the program: its own message is for the log. */
export const FAULT = 'The training could not go on. The log says why. The policy in use is as it was.';
