/** Runs a program in this one's place: its input and output, its signals, its exit code. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Never returns while the program runs; ends this process as the program ended. */
export async function runChild(file, args) {
  const child = spawn(file, args, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => forward(child, signal));
  const [code, signal] = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (...how) => resolve(how));
  });
  process.exit(signal ? 128 + constants.signals[signal] : code);
}

/** A terminal has sent Ctrl-C to the child already; twice would mean "now". */
function forward(child, signal) {
  if (signal === 'SIGINT' && process.stdin.isTTY) return;
  child.kill(signal);
}
