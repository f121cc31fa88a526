import { afterAll, describe, expect, test } from 'vitest';
import { reportText } from '#cli/doctor.ts';
import { runInMemory } from '../../test/fakes/cliEnvironment.ts';
import { makeTree, removeTrees } from '../../test/fakes/workspaceTree.ts';

afterAll(removeTrees);

const doctor = async (args: string[] = [], env: Record<string, string> = {}) =>
  runInMemory(['doctor', ...args], {
    cwd: makeTree({ 'README.md': '# Parcel\n\nText.\n\n## More\n\nText.\n' }),
    env: { SPOOR_CACHE: makeTree({}), ...env },
  });

describe('spoor doctor', () => {
  test('says that all is well', async () => {
    const { code, stdout, stderr } = await doctor();
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n');
    expect(lines.slice(0, 6).map((line) => line.slice(0, 14))).toEqual([
      'ok     ripgrep',
      'ok     git    ',
      'ok     runtime',
      'ok     docs   ',
      'ok     policy ',
      'ok     storage',
    ]);
    expect(lines[3]).toBe('ok     docs     2 sections of 1 document indexed.');
    expect(lines.slice(6)).toEqual(['All is well.', '']);
  });

  test('says what is wrong, what to do, and ends with 1', async () => {
    const { code, stdout } = await doctor([], { SPOOR_RG: '/nowhere/rg' });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^wrong {2}ripgrep {2}The path set for ripgrep, .*\n {16}Correct it or take the setting away\.\n/,
    );
    expect(stdout).toMatch(/\n1 of 6 checks found something wrong\.\n$/);
  });

  test('looks at the policy that is named, and leaves out what is switched off', async () => {
    const { stdout } = await doctor(['--policy', 'hand', '--no-docs', '--no-history']);
    expect(stdout).toContain('The policy in use is "by hand".');
    expect(stdout).toContain('The docs are switched off');
    expect(stdout).toContain('The history is switched off');
  });

  test('takes folders by their option only', async () => {
    const { code, stderr } = await doctor(['src']);
    expect(code).toBe(2);
    expect(stderr).toContain('--workspace DIR');
    expect((await doctor(['--workspace', '/nowhere/at/all'])).stderr).toContain('There is no folder');
  });
});

test('what was found may hold anything', () => {
  expect(reportText([{ name: 'git', ok: false, found: 'a\x1b[31m\nb', remedy: '\u202ec' }])).toBe(
    'wrong  git  a\\x1b[31m b\n            \\u202ec\n1 of 1 checks found something wrong.\n',
  );
});
