/**
 * A process that saves a conversation again and again, for tests that kill it: `DIRECTORY FOLDER_URI ID PREFIX`. Each
 * save adds an exchange `PREFIX-N`; after it `N` is printed in a line of its own.
 */
import { finishExchange, startConversation, startExchange } from '#core/answer/conversationChanges.ts';
import { createConversationStore } from '#node/stores/conversationStore.ts';
import { answerOf } from './conversationScene.ts';

const [directory = '', folder = '', id = '', prefix = '', most = '1000'] = process.argv.slice(2);
const store = createConversationStore({ directory, folders: [folder], tell: (sentence) => console.error(sentence) });

let conversation = (await store.load(id)) ?? startConversation(id, 1);
for (let n = 0; n < Number(most); n++) {
  const exchange = `${prefix}-${n}`;
  const question = `question ${n} ${'of many words '.repeat(200)}`;
  const asked = startExchange(conversation, { id: exchange, question, scope: [] }, Date.now());
  conversation = await store.save(finishExchange(asked, exchange, answerOf(question, 'a.ts', 'b.ts'), Date.now()));
  process.stdout.write(`${n}\n`);
}
