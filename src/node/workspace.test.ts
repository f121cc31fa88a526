import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinLabel, Workspace, WorkspaceError } from '#node/workspace.ts';

let directory = '';
const at = (...parts: string[]): string => join(directory, ...parts);

function put(...parts: string[]): void {
  mkdirSync(dirname(at(...parts)), { recursive: true });
  writeFileSync(at(...parts), parts.join('/'));
}

beforeAll(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-workspace-')));
  put('one', 'src', 'a.ts');
  put('one', '~docs', 'own.md');
  put('one', '..names', '...');
  put('one-sibling', 'secret.ts');
  put('team', 'one', 'src', 'b.ts');
  put('other', '~docs', 'readme.md');
  put('guide', 'intro.md');
  put('outside.txt');
  symlinkSync(at('one', 'src', 'a.ts'), at('one', 'inner-link'));
  symlinkSync(at('outside.txt'), at('one', 'outer-link'));
  symlinkSync(directory, at('one', 'up'));
  symlinkSync('loop', at('one', 'loop'));
  symlinkSync(at('one'), at('one-again'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('one folder', () => {
  it.each([
    ['src/a.ts', 'one/src/a.ts'],
    ['src//./a.ts', 'one/src/a.ts'],
    ['', 'one'],
    ['.', 'one'],
    ['..names/...', 'one/..names/...'],
    ['inner-link', 'one/src/a.ts'],
    ['~docs/own.md', 'one/~docs/own.md'],
    ['src/../src/a.ts', undefined],
    ['../one-sibling/secret.ts', undefined],
    ['..', undefined],
    ['outer-link', undefined],
    ['up/outside.txt', undefined],
    ['up/one/src/a.ts', 'one/src/a.ts'],
    ['loop', undefined],
    ['absent.ts', undefined],
    ['src/a.ts/below', undefined],
    ['src/a.ts\0', undefined],
    ['~docs/guide/intro.md', undefined],
  ])('resolves %j to %s', (path, expected) => {
    const workspace = Workspace.open([at('one')]);
    expect(workspace.resolve(path)).toBe(expected && at(...expected.split('/')));
  });

  it('refuses absolute paths', () => {
    const workspace = Workspace.open([at('one')]);
    expect(workspace.resolve(at('one', 'src', 'a.ts'))).toBeUndefined();
    expect(workspace.resolve('/etc/passwd')).toBeUndefined();
  });

  it('knows the workspace path of a file', () => {
    const workspace = Workspace.open([at('one')]);
    expect(workspace.pathOf(at('one', 'src', 'a.ts'))).toBe('src/a.ts');
    expect(workspace.pathOf(at('one'))).toBe('');
    expect(workspace.pathOf(at('one-sibling', 'secret.ts'))).toBeUndefined();
    expect(workspace.pathOf(directory)).toBeUndefined();
  });

  it('opens a folder by a link to it, once', () => {
    const workspace = Workspace.open([at('one-again'), at('one')]);
    expect(workspace.roots).toEqual([{ label: '', directory: at('one') }]);
  });
});

describe('several folders', () => {
  it('names each by a label of its own', () => {
    const workspace = Workspace.open([at('one'), at('team', 'one'), at('other', '~docs')]);
    expect(workspace.roots.map(({ label }) => label)).toEqual(['one', 'one-2', '~docs-2']);
    expect(workspace.resolve('one/src/a.ts')).toBe(at('one', 'src', 'a.ts'));
    expect(workspace.resolve('one-2/src/b.ts')).toBe(at('team', 'one', 'src', 'b.ts'));
    expect(workspace.resolve('~docs-2/readme.md')).toBe(at('other', '~docs', 'readme.md'));
    expect(workspace.pathOf(at('team', 'one', 'src', 'b.ts'))).toBe('one-2/src/b.ts');
  });

  it('resolves no path without a label, and none that goes from one into the other', () => {
    const workspace = Workspace.open([at('one'), at('guide')]);
    for (const path of ['', 'src/a.ts', 'absent/src/a.ts', 'one/../guide/intro.md', 'one/up/guide/intro.md'])
      expect(workspace.resolve(path)).toBeUndefined();
    expect(workspace.resolve('one')).toBe(at('one'));
  });

  it('joins labels and paths', () => {
    expect([joinLabel('', 'a/b'), joinLabel('api', 'a/b')]).toEqual(['a/b', 'api/a/b']);
  });
});

describe('docs folders', () => {
  it('are read under their label, and stay inside of it', () => {
    const workspace = Workspace.open([at('one')]);
    workspace.addDocsRoot('guide', at('guide'));
    expect(workspace.resolve('~docs/guide/intro.md')).toBe(at('guide', 'intro.md'));
    expect(workspace.resolve('~docs/guide')).toBe(at('guide'));
    expect(workspace.pathOf(at('guide', 'intro.md'))).toBe('~docs/guide/intro.md');
    expect(workspace.resolve('~docs/guide/../outside.txt')).toBeUndefined();
    expect(workspace.resolve('~docs/other/intro.md')).toBeUndefined();
  });

  it.each(['', '.', '..', 'a/b', 'a\\b', 'a\0'])('cannot be called %j', (label) => {
    expect(() => Workspace.open([at('one')]).addDocsRoot(label, at('guide'))).toThrow(WorkspaceError);
  });
});

describe('folders that cannot be opened', () => {
  it('are named in a sentence', () => {
    expect(() => Workspace.open([at('absent')])).toThrow(/^There is no folder .*absent\. Check the path\.$/);
    expect(() => Workspace.open([at('outside.txt')])).toThrow(/is a file\. Name the folder that holds it\.$/);
    expect(() => Workspace.open([at('one'), at('outside.txt', 'x')])).toThrow(WorkspaceError);
  });

  it.skipIf(process.getuid?.() === 0)('for want of permission', () => {
    put('closed', 'inner', 'file');
    chmodSync(at('closed'), 0);
    expect(() => Workspace.open([at('closed', 'inner')])).toThrow(/^No permission to open/);
    chmodSync(at('closed'), 0o700);
  });
});

describe('no path leads out', () => {
  const names = [
    '..',
    '.',
    '',
    'src',
    'a.ts',
    'up',
    'one',
    'guide',
    '~docs',
    'outer-link',
    '..\\..',
    '\0',
    'C:',
    '~',
    '%2e%2e',
  ];
  const part = fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 6 }));
  const path = fc.tuple(
    fc.constantFrom('', '/', '\\', '//', './'),
    fc.array(part, { maxLength: 8 }),
    fc.constantFrom('/', '\\'),
  );

  it.each([[['one']], [['one', 'guide']]])('of %j', (folders) => {
    const workspace = Workspace.open(folders.map((folder) => at(folder)));
    workspace.addDocsRoot('guide', at('guide'));
    const allowed = ['one', 'guide'].map((folder) => at(folder));
    fc.assert(
      fc.property(path, ([start, parts, separator]) => {
        const real = workspace.resolve(start + parts.join(separator));
        if (real === undefined) return;
        expect(realpathSync(real)).toBe(real);
        expect(allowed.some((folder) => !relative(folder, real).split(sep).includes('..'))).toBe(true);
        expect(workspace.resolve(workspace.pathOf(real)!)).toBe(real);
      }),
      { seed: 42, numRuns: 3_000 },
    );
  });
});
