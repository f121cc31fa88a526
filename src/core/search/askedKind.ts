/**
 * Whether a question asks for tests or for documents and for nothing else: "and where is it tested?", "which tests
 * cover the router?", "is that documented?". Told by its first line, in English, and only where the wording leaves no
 * doubt: a question that merely has the word test in it is about something else more often than not.
 */
export type AskedKind = 'test' | 'docs';

export function askedKind(question: string): AskedKind | undefined {
  const line = question.trim().split('\n')[0]!.slice(0, MAX_LOOK);
  if (TESTS.some((pattern) => pattern.test(line))) return 'test';
  return DOCS.some((pattern) => pattern.test(line)) ? 'docs' : undefined;
}

const MAX_LOOK = 300;

/** The line begins as a question about where or whether, and ends with what was done. */
const endsWith = (done: string): RegExp =>
  new RegExp(
    `^(?:(?:and|but|also|so|then|ok|okay)\\b,?\\s*)*(?:(?:where|how|is|are|was|were)\\b.*\\b)?${done}\\s*[?.!]*$`,
    'i',
  );

const TESTS: readonly RegExp[] = [
  endsWith('tested'),
  /\b(?:which|what|where are|show(?: me)?|find|list|(?:are|is) there)\b(?:\s+(?:the|all|any|some|me))*\s+(?:unit |integration |e2e )?tests?\b(?: cases?| files?)?\s+(?:(?:that|which)\s+)?(?:cover|check|exercise|verify)(?:s|es|ing)?\b/i,
  /\b(?:where are|show(?: me)?|find|list|are there)\b(?:\s+(?:the|all|any|some|me))*\s+(?:unit |integration |e2e )?tests\s+(?:for|of)\b/i,
  /\b(?:where are|show(?: me)?|are there|see|open)\s+(?:(?:the|its|their|all|any|some)\s+)*(?:unit |integration |e2e )?tests\s*[?.!]*$/i,
];

const DOCS: readonly RegExp[] = [
  endsWith('documented'),
  /\b(?:where (?:are|is)|show(?: me)?|find|(?:are|is) there)\b(?:\s+(?:the|all|any|some|me))*\s+(?:docs|documentation)\s*(?:(?:for|of|on|about)\b|[?.!]*$)/i,
  /\bwhat (?:do|does) the (?:docs|documentation|readme|manual) say\b/i,
  /^(?:and|but|also)\s+in the (?:docs|documentation)\s*[?.!]*$/i,
];
