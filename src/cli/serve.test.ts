import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runInMemory } from '../../test/fakes/cliEnvironment.ts';

const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-serve-cli-')));
mkdirSync(join(cwd, 'empty'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

it.each<[string[], number, string]>([
  [['extra'], 2, 'spoor serve takes options only. Name a folder by --workspace DIR.'],
  [['--port', '70000'], 2, '--port takes a whole number from 0 to 65535, not "70000".'],
  [['--jobs', '0'], 2, '--jobs takes a whole number from 1 to 64, not "0".'],
  [['--lines', '41'], 2, '--lines takes a whole number from 1 to 40, not "41".'],
  [
    ['--policy', 'llm:http://127.0.0.1:1/v1#tiny'],
    2,
    'spoor serve searches for a language model, not with one. Choose another --policy.',
  ],
  [['--policy', 'learnt'], 2, 'There is no policy "learnt". Did you mean learned?'],
  [['--workspace', 'none'], 1, `There is no folder ${join(cwd, 'none')}. Check the path.`],
  [
    ['--workspace', 'empty'],
    1,
    `There are no files in ${join(cwd, 'empty')}. Choose another folder by --workspace DIR.`,
  ],
])('refuses %j before anything is started', async (argv, code, message) => {
  expect(await runInMemory(['serve', ...argv], { cwd })).toEqual({ code, stdout: '', stderr: `spoor: ${message}\n` });
});
