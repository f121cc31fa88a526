/** A process that adds feedback, for tests that kill it: `DIRECTORY FOLDER_URI PREFIX [MOST]`, or `… FILE import`. */
import { createFeedbackStore } from '#node/stores/feedbackStore.ts';

const [directory = '', folder = '', prefix = '', most = '100000'] = process.argv.slice(2);
const store = createFeedbackStore({ directory, folders: [folder] });

if (most === 'import') await store.importFrom(prefix);
else
  for (let n = 0; n < Number(most); n++) {
    const lines = Array.from({ length: 100 }, (_, i) => `${n} ${i} ${'text of a line '.repeat(20)}`);
    const place = { path: 'src/a.ts', start: 1, end: 100, lines };
    await store.append({ version: 1, id: `${prefix}-${n}`, timeMs: n, type: 'place', place, taken: 'added' });
    process.stdout.write(`${n}\n`);
  }
