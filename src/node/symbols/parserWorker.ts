/** The parser's thread: outlines the texts that it is sent, one after the other. `parserThread.ts` starts it. */
import { parentPort } from 'node:worker_threads';
import { treeOutline } from './fileOutline.ts';
import { languageOf, scriptOf } from './languages.ts';
import { sharedNowMs, type ParseEnd, type ParseReply, type ParseRequest } from './parserMessages.ts';
import { loadParser, parserMemoryBytes, type Parse } from './treeParser.ts';

/** The parser's memory never shrinks: beyond so many bytes a new thread is the way to be rid of it. */
const MAX_KEPT_BYTES = 64 << 20;

if (!parentPort) throw new Error('The parser can only be run as a thread of the program.');
const port = parentPort;
const reply = (message: ParseReply): void => port.postMessage(message);

let last = Promise.resolve();
port.on('message', (request: ParseRequest) => {
  last = last.then(async () => reply({ id: request.id, end: await answer(request) }));
});

async function answer(request: ParseRequest): Promise<ParseEnd> {
  if (sharedNowMs() >= request.deadlineMs) return { stopped: 'timeout' };
  const language = languageOf(request.path, request.text);
  if (!language) return { failed: 'there is no grammar for it' };
  let parse: Parse;
  try {
    parse = await loadParser(language);
  } catch (error) {
    return { failed: `the parser failed (${error instanceof Error ? error.message : String(error)})` };
  }
  reply({ id: request.id, begun: true });
  try {
    const end = outline(request, parse);
    return parserMemoryBytes() > MAX_KEPT_BYTES ? { ...end, isSpent: true } : end;
  } catch {
    // A trap: what it says is about the insides of the parser.
    return { failed: 'the parser broke down at it', isSpent: true };
  }
}

function outline({ path, text, deadlineMs }: ParseRequest, parse: Parse): ParseEnd {
  const source = scriptOf(path, text);
  const isLate = (): boolean => sharedNowMs() >= deadlineMs;
  const parsed = parse(source, isLate, (file) => treeOutline(path, source, file));
  if ('value' in parsed) return { definitions: parsed.value };
  if (parsed.stopped === 'lost') return { failed: 'it could not be parsed' };
  return { failed: 'the time was up before it was parsed', isForNow: true };
}
