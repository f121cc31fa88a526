/**
 * What a language model wrote over the evidence of an answer, as data that is safe to show: sentences with the numbers of
 * the citations that they rest on. The cited answer itself stands without it.
 *
 * Invariant: a number that the evidence does not have never gets into `citations` or into `text`; text is text, nothing in
 * it is a link.
 */

export interface ProseSentence {
  /** Without the citation marks; plain text with inline code between backticks, nothing else has a meaning. */
  readonly text: string;
  /**
   * Numbers of the answer's citations, ascending, each once: those that the model gave, and of code also those that its
   * lines are copied from. None: it rests on nothing and is shown so.
   */
  readonly citations: readonly number[];
  /** What separates it from the sentence before. `code`: it is a block of code, with line ends and without backticks. */
  readonly begins?: 'paragraph' | 'item' | 'code';
}

export type ProseState =
  | 'running'
  | 'done'
  | 'cut'
  | 'failed'
  | 'cancelled'
  /** It was running when the editor went away. */
  | 'interrupted';

export interface Prose {
  /** The model's name. */
  readonly model: string;
  readonly sentences: readonly ProseSentence[];
  readonly state: ProseState;
  /** What the reader should know, a sentence each: why it ended early, how many numbers were taken out. */
  readonly notes: readonly string[];
}
