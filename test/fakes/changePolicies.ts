/**
 * A process that keeps versions of a policy, puts them in use and goes back, again and again, for tests that kill it:
 * `DIRECTORY MODELS [ROUNDS]`, where `MODELS` is a folder of model files and `report.json`. Before each change it prints
 * what will be in use after it, and after the change `done`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LearningReport } from '#core/learning/learningReport.ts';
import { createPolicyStore } from '#node/stores/policyStore.ts';

const [directory = '', made = '', rounds = '1000'] = process.argv.slice(2);
const store = createPolicyStore({ directory });
const names = readdirSync(made).filter((name) => name.endsWith('.onnx'));
const models = names.map((name) => new Uint8Array(readFileSync(join(made, name))));
const report = JSON.parse(readFileSync(join(made, 'report.json'), 'utf8')) as LearningReport;

let current = (await store.current()) ?? 0;
async function change(next: number, action: () => Promise<unknown>): Promise<void> {
  process.stdout.write(`${JSON.stringify({ before: current, next })}\n`);
  await action();
  current = next;
  process.stdout.write('"done"\n');
}

for (let n = 0; n < Number(rounds); n++) {
  let number = 0;
  await change(current, async () => {
    number = (await store.add({ model: models[n % models.length]!, report })).number;
  });
  const before = current;
  await change(number, () => store.promote(number));
  if (n % 3 === 1) await change(before, () => store.rollBack());
  if (n % 7 === 6) await change(0, () => store.reset());
}
