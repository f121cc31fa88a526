/** Conversations for tests. */
import type { Answer } from '#core/answer/answer.ts';
import type { Conversation } from '#core/answer/conversation.ts';
import { finishExchange, startConversation, startExchange } from '#core/answer/conversationChanges.ts';

/** An answer that cites lines 3–4 of each path. */
export const answerOf = (question: string, ...paths: readonly string[]): Answer => ({
  question,
  sentences: [{ text: `It is in ${paths.join(', ')}.`, citations: paths.map((_, i) => i + 1) }],
  citations: paths.map((path, i) => ({
    number: i + 1,
    path,
    start: 3,
    end: 4,
    score: 1,
    why: ['defines retry'],
    lines: ['function retry() {', '}'],
  })),
  files: [...paths],
  found: paths.length > 0,
  confidence: 0.9,
  sure: 'high',
  notes: [],
  trail: [
    {
      turn: 1,
      ms: 5,
      calls: [
        { tool: 'grep', what: ['retry'], said: '3 hits in 1 file', ms: 2 },
        ...paths.map((path) => ({
          tool: 'read' as const,
          what: [`${path}:1-40`],
          said: 'lines 1–40',
          read: { path, start: 1, end: 40 },
          ms: 1,
        })),
      ],
    },
  ],
  stopReason: 'answered',
  timings: { total: 9, tools: 5, policy: 3, answer: 1 },
});

/** A conversation with an answered exchange `x0`, `x1`, … for each question. */
export const conversationOf = (
  id: string,
  questions: readonly string[],
  paths: readonly string[] = ['src/net/retry.ts'],
  beganMs = 1_000,
): Conversation =>
  questions.reduce(
    (conversation, question, i) => {
      const asked = startExchange(conversation, { id: `x${i}`, question, scope: [] }, beganMs + i);
      return finishExchange(asked, `x${i}`, answerOf(question, ...paths), beganMs + i);
    },
    startConversation(id, beganMs),
  );
