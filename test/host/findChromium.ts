/** Finds the browser that shows VS Code in the tests: a Chromium of the machine, or Debian's, installed on the spot. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Full path of the program. Throws an error that says what to install. */
export function findChromium(): string {
  const given = process.env['SPOOR_CHROMIUM'];
  if (given) {
    if (existsSync(given)) return given;
    throw new Error(`SPOOR_CHROMIUM names ${given}, and there is no such file. Set it to the full path of a Chromium.`);
  }
  return onThisMachine() ?? fromDebian();
}

function onThisMachine(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/snap/bin'].filter(Boolean);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

function fromDebian(): string {
  const installed = '/usr/bin/chromium';
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stderr.write('Installing Chromium, which shows VS Code in the tests …\n');
    apt('update', '-q');
    apt('install', '-y', '-q', '--no-install-recommends', 'chromium');
    if (existsSync(installed)) return installed;
  }
  throw new Error(
    'The tests in VS Code need a Chromium, and there is none here. ' +
      'Install the package chromium, or set SPOOR_CHROMIUM to the full path of one; then run the same command again.',
  );
}

function apt(...args: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('/usr/bin/apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
}
