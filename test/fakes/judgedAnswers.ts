/** A file of feedback about answers that the real searcher gave: the first ones rejected, the others accepted. */
import { writeFileSync } from 'node:fs';
import { createSearcher } from '../../src/node/searcher.ts';

interface Asked {
  readonly file: string;
  readonly workspace: string;
  readonly storage: string;
  readonly questions: readonly string[];
  readonly rejected: number;
  /** What the ids of the answers begin with. */
  readonly name?: string;
}

/** Each accepted answer has its first citation ticked. */
export async function writeJudgedAnswers({ name = 'answer', ...asked }: Asked): Promise<void> {
  const { file, workspace, storage, questions, rejected } = asked;
  const searcher = await createSearcher({ directories: [workspace], storage });
  await searcher.ready();
  const lines: unknown[] = [];
  for (const [i, question] of questions.entries()) {
    const { answer, searchedFor, policy, trajectory } = await searcher.search(question);
    const common = { version: 1, id: `${name}-${i}`, timeMs: 1_790_000_000_000 + i * 60_000 };
    const steps = trajectory.steps.map(({ decision, legal }) => ({
      ...{ action: legal[decision.index], logProb: decision.logProb, legal: legal.length },
    }));
    const citations = answer.citations.map(({ path, start, end, lines: text }) => ({ path, start, end, lines: text }));
    const { found, confidence } = answer;
    const about = { question, searchedFor, scope: [], folders: [{ name: '' }], policy, steps, citations };
    lines.push({ ...common, type: 'answered', ...about, found, confidence });
    if (i >= rejected) lines.push({ ...common, type: 'tick', number: 1, tick: 'right' });
    lines.push({ ...common, type: 'verdict', verdict: i < rejected ? 'rejected' : 'accepted' });
  }
  await searcher.close();
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}
