/** Installs what the tests in VS Code need beside the project's packages, so that it is told apart from the tests. */
import { findChromium } from '../findChromium.ts';
import { installCodeServer } from './installCodeServer.ts';

try {
  process.stdout.write(`${findChromium()}\n${await installCodeServer()}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
