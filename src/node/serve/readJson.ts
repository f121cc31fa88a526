/** The JSON body of a request, of bounded size. */
import { RequestError } from './requestError.ts';

/** Enough for the queries of a training step. */
const MAX_BODY_BYTES = 32 << 20;

interface JsonRequest extends AsyncIterable<Buffer> {
  readonly headers: { readonly 'content-type'?: string | undefined; readonly 'content-length'?: string | undefined };
}

/** Throws a `RequestError` for what is no JSON or too large; at once for what says so itself. */
export async function readJson(request: JsonRequest): Promise<unknown> {
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(request.headers['content-type'] ?? ''))
    throw new RequestError(415, 'Send JSON, with the header "Content-Type: application/json".');
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    // It is read on, as long as the server gives a request: clients that are hung up on while they send see no answer.
    else chunks.length = 0;
  }
  if (size > MAX_BODY_BYTES) throw tooLarge();
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new RequestError(400, 'The body is not JSON.');
  }
}

const tooLarge = (): RequestError =>
  new RequestError(413, `The request is larger than ${MAX_BODY_BYTES >> 20} MB. Send fewer queries at a time.`);
