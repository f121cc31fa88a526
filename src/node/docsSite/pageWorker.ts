/** The thread that turns pages into text, one after the other. `pageReader.ts` starts it. */
import { parentPort } from 'node:worker_threads';
import { pageMarkdown, type PageSource } from './pageMarkdown.ts';

if (!parentPort) throw new Error('Pages can only be read by a thread of the program.');
const port = parentPort;

port.on('message', (source: PageSource) => {
  try {
    port.postMessage(pageMarkdown(source));
  } catch (error) {
    // The stack is used up by a page that is nested too deeply. What else is thrown says nothing to people.
    port.postMessage({
      failed: error instanceof RangeError ? 'it is nested too deeply' : 'it is no HTML that can be read',
    });
  }
});
