/** Paths that are printed for people to paste. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shownPath, typedPath } from '#cli/shownPath.ts';

describe('a path as it is typed', () => {
  it
    .skipIf(process.platform === 'win32')
    .each([
      'src/a-b_c.ts',
      'my folder',
      "it's",
      "''",
      '$HOME/$(id)',
      '`id`',
      '"a"',
      String.raw`a\b\n`,
      'a;b|c&d>e*?!~#',
      'Zoë',
    ])('is taken for itself by a shell: %s', (path) => {
    expect(execFileSync('sh', ['-c', `printf '%s|' ${typedPath(path)} end`], { encoding: 'utf8' })).toBe(
      `${path}|end|`,
    );
  });

  it('has the quotes of its system where it needs any', () => {
    expect(typedPath('src/a.ts', 'win32')).toBe('src/a.ts');
    expect(typedPath('my $set', 'win32')).toBe('"my $set"');
    expect(typedPath('my $set', 'linux')).toBe("'my $set'");
  });

  it('holds nothing that steers a terminal', () => {
    expect(typedPath('a\u001b[2J', 'linux')).toBe(String.raw`'a\x1b[2J'`);
  });

  it('is relative to where the program was started, if it is inside of that', () => {
    expect(shownPath(join('/work', 'runs', 'a'), '/work')).toBe(join('runs', 'a'));
    expect(shownPath('/work', '/work')).toBe('.');
  });
});
