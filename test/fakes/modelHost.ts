/** Stands for a program that uses a model on disk: says the number of the model's process, and goes on until it ends. */
import { folderModel } from '../../src/node/llm/folderModel.ts';

const { model } = await folderModel({ directory: process.argv[2]!, log: (text) => process.stdout.write(`${text}\n`) });
const question = { messages: [{ role: 'user', text: 'Go on forever' }] as const, maxTokens: 4_000, temperature: 0 };
for (;;) await model.chat(question, () => undefined, new AbortController().signal);
