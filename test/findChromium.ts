/** Finds the browser that shows the panel and VS Code in the tests: a Chromium of the machine, or Debian's. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Full path of the program, which is installed on the spot where that can be done. Throws an error that says what to do. */
export function findChromium(): string {
  return chromiumHere() ?? fromDebian();
}

/** Full path of the program that is named by SPOOR_CHROMIUM or installed. Throws when what is named is not there. */
export function chromiumHere(): string | undefined {
  const given = process.env['SPOOR_CHROMIUM'];
  if (given && !existsSync(given)) {
    throw new Error(`SPOOR_CHROMIUM names ${given}, and there is no such file. Set it to the full path of a Chromium.`);
  }
  if (given) return given;
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
