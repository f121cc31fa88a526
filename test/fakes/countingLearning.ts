/**
 * A training process whose run counts up to the plan's `historyTasks` in a file of its folder, a unit of work each, and
 * goes on where it was. `startName` says what else it does.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunLearning } from '../../src/node/learning/learningPlan.ts';
import { serveLearning } from '../../src/node/learning/serveLearning.ts';

const count: RunLearning = async (plan, { emit, signal, nowMs, gate }) => {
  const file = join(plan.directory, 'counted');
  const begunMs = nowMs();
  mkdirSync(join(plan.directory, 'worlds'), { recursive: true });
  if (plan.startName === 'with a child') {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    emit({ type: 'note', sentence: String(child.pid) });
  }
  let done = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  while (done < plan.historyTasks) {
    await gate?.();
    if (signal.aborted && plan.startName !== 'deaf') return { kind: 'stopped' };
    if (plan.startName === 'failing') throw new Error('The disk is full: make room and try again.');
    if (plan.startName === 'mistaken') (undefined as unknown as { close(): void }).close();
    if (plan.startName === 'faulty')
      setImmediate(() => {
        throw new Error('a fault of the program');
      });
    if (plan.startName === 'babbling') process.send!({ kind: 'event', event: { type: 'progress', phase: 'dance' } });
    writeFileSync(file, String(++done));
    emit({ type: 'progress', phase: 'train', done, total: plan.historyTasks, leftMs: nowMs() - begunMs });
    await delay(5);
  }
  return { kind: 'too-little', sentence: 'There are 2 answers; 8 more are needed.', missing: 8 };
};

serveLearning(count);
