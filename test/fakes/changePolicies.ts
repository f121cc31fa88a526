/**
 * A process that keeps versions of a policy, puts them in use and goes back, again and again, for tests that kill it:
 * `DIRECTORY PREFIX [ROUNDS]`. Before each change it prints what will be in use after it, and after the change `done`.
 */
import { createPolicyStore } from '#node/stores/policyStore.ts';
import { learningReport, markedModel } from './policyVersions.ts';

const [directory = '', prefix = '', rounds = '1000'] = process.argv.slice(2);
const store = createPolicyStore({ directory });
const models = Array.from({ length: 3 }, (_, i) => markedModel(`${prefix} ${i}`));

let current = (await store.current()) ?? 0;
async function change(next: number | undefined, action: () => Promise<unknown>): Promise<void> {
  process.stdout.write(`${JSON.stringify({ before: current, next: next ?? 0 })}\n`);
  await action();
  current = next ?? 0;
  process.stdout.write('"done"\n');
}

for (let n = 0; n < Number(rounds); n++) {
  let number = 0;
  await change(current, async () => {
    number = (await store.add({ model: models[n % 3]!, report: learningReport() })).number;
  });
  const before = current;
  await change(number, () => store.promote(number));
  if (n % 3 === 1) await change(before, () => store.rollBack());
  if (n % 7 === 6) await change(0, () => store.reset());
}
