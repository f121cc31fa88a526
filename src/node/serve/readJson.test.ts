/** Requests to a real server, byte by byte. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRetrievalServer, type RetrievalServer } from '#node/serve/retrievalServer.ts';

let server: RetrievalServer;
beforeAll(async () => {
  const retriever = { find: async (queries: readonly string[]) => queries.map(() => []) };
  const log = (said: string): never => expect.fail(said);
  server = await startRetrievalServer({ host: '127.0.0.1', port: 0, retriever, health: () => ({}), log });
});
afterAll(() => server.close());

/** What is answered to a body of pieces, which is read when all of them are sent, as most clients do. */
async function answered(...pieces: readonly string[]): Promise<string> {
  const { host, port } = new URL(server.url);
  const socket = connect(Number(port), '127.0.0.1');
  const head = ['POST /retrieve HTTP/1.1', `host: ${host}`, 'content-type: application/json', 'connection: close'];
  socket.write(`${head.join('\r\n')}\r\ntransfer-encoding: chunked\r\n\r\n`);
  for (const piece of [...pieces, '']) {
    const isTaken = socket.write(`${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`);
    if (!isTaken) await once(socket, 'drain');
  }
  return text(socket);
}

test('a body may come in pieces', async () => {
  expect(await answered('{"quer', 'ies":["ü"],', '"topk":2}')).toMatch(/^HTTP\/1\.1 200 [^]*\{"result":\[\[\]\]\}$/);
});

test('a body that becomes too large is answered with a sentence', async () => {
  const pieces = Array.from({ length: 40 }, () => ' '.repeat(1 << 20));
  expect(await answered(...pieces, '{"queries":[]}')).toMatch(
    /^HTTP\/1\.1 413 [^]*The request is larger than 32 MB\. Send fewer queries at a time\./,
  );
});
