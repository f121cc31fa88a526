/**
 * Starts a VS Code in the browser with the extension as it is now: `npm run vscode [-- FOLDER]`, on this repository by
 * default. It has settings and storage of its own, in a temporary folder that goes with it.
 */
import { resolve } from 'node:path';
import { packedExtension } from '../test/host/packedExtension.ts';
import { startServer, stopServer } from '../test/host/hostServer.ts';
import { ROOT } from './installation.mjs';

const LOOK_MS = 500;
const folder = resolve(process.env.INIT_CWD ?? process.cwd(), process.argv[2] ?? ROOT);

const server = await startServer({ vsix: [packedExtension()] });
let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop());
process.stdout.write(`VS Code with Spoor: ${server.url}/?folder=${encodeURIComponent(folder)}\nCtrl+C ends it.\n`);
const watch = setInterval(() => {
  if (!isRunning() && !isStopping) void stop('VS Code has ended.');
}, LOOK_MS);

async function stop(why) {
  if (isStopping) return;
  isStopping = true;
  clearInterval(watch);
  await stopServer(server);
  if (why === undefined) return;
  process.stderr.write(`${why}\n`);
  process.exitCode = 1;
}

function isRunning() {
  try {
    return process.kill(server.pid, 0);
  } catch {
    return false;
  }
}
