/** `--policy`, with the real searcher behind it. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { POLICY_NAMES as NAMES_OF_HELP } from '#cli/commands.ts';
import type { CliEnvironment } from '#cli/environment.ts';
import { policyFile } from '#core/policy/policyModel.ts';
import { POLICY_NAMES } from '#node/policy/policies.ts';
import { createSearcher } from '#node/searcher.ts';
import { runInMemory, type CliRun } from '../../test/fakes/cliEnvironment.ts';
import { shakenParameters } from '../../test/fakes/policyScene.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-policy-option-')));
const cwd = join(base, 'work');
const searcher: CliEnvironment['createSearcher'] = (options) =>
  createSearcher({ ...options, storage: join(base, 'storage') });

beforeAll(() => {
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'retry.ts'), '// retries failed uploads\nexport const withBackoff = 1;\n');
  writeFileSync(join(base, 'policy.onnx'), policyFile(shakenParameters(8)));
  writeFileSync(join(base, 'text.onnx'), 'no model\n');
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const ask = (policy: string): Promise<CliRun> =>
  runInMemory(['ask', 'where are failed uploads retried', '--policy', policy, '--json'], {
    cwd,
    createSearcher: searcher,
  });

describe('--policy', () => {
  test('knows the policies that there are', () => expect(NAMES_OF_HELP).toEqual(POLICY_NAMES));

  test('takes a model file', async () => {
    const run = await ask(join(base, 'policy.onnx'));
    expect(run.stderr).toBe('');
    expect(JSON.parse(run.stdout)).toMatchObject({ question: 'where are failed uploads retried', notes: [] });
  });

  test.each([
    [
      'absent.onnx',
      /^spoor: There is no file .*absent\.onnx\. Name a model file, or one of learned, hand, uniform\.\n$/,
    ],
    ['work', /^spoor: Spoor cannot read .*work\. Name a model file, or one of .*\n$/],
    [
      'text.onnx',
      /^spoor: .*text\.onnx cannot be used\. This is no model, or a damaged one: .*\. Take the file anew.*\n$/,
    ],
  ])('is used wrongly with %s', async (name, says) => {
    const run = await ask(join(base, name));
    expect(run).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(says) });
  });

  test('is used wrongly with a name that is none', async () => {
    expect(await ask('hnd')).toMatchObject({
      code: 2,
      stderr: 'spoor: There is no policy "hnd". Did you mean hand?\n',
    });
    expect((await ask('moon')).stderr).toBe(
      'spoor: There is no policy "moon". There are learned, hand, uniform and model files (.onnx).\n',
    );
  });
});
