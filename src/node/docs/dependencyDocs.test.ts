import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createReadTool } from '#node/readTool.ts';
import { Workspace } from '#node/workspace.ts';
import { ask, context, createDocsTree, places, type DocsTree } from '../../../test/fakes/docsTree.ts';

let tree: DocsTree;
beforeEach(() => void (tree = createDocsTree()));
afterEach(() => tree.remove());

const found = async (options = {}): Promise<string[]> =>
  (await places(tree.open(options), 'yak')).map((place) => place.replace(/:.*/, '')).sort();

const manifest = (dependencies: readonly string[], more: object = {}): string =>
  JSON.stringify({ dependencies: Object.fromEntries(dependencies.map((name) => [name, '1'])), ...more });

describe('Node packages', () => {
  it('gives README and entry typings of direct dependencies only', async () => {
    tree.put({
      '.gitignore': 'node_modules\n',
      'package.json': JSON.stringify({
        dependencies: { a: '1' },
        devDependencies: { '@s/b': '1' },
        peerDependencies: { gone: '1' },
      }),
      'node_modules/a/package.json': '{"version": "1.0.0", "types": "./lib/main.d.ts"}',
      'node_modules/a/readme.markdown': '# A\nyak',
      'node_modules/a/CHANGELOG.md': 'yak',
      'node_modules/a/docs/more.md': 'yak',
      'node_modules/a/lib/main.d.ts': '/** Herds a yak. */\nexport declare function herd(): void;\n',
      'node_modules/a/lib/other.d.ts': 'export declare const yak: 1;\n',
      'node_modules/@s/b/package.json': '{"version": "2.0.0", "main": "./index.cjs"}',
      'node_modules/@s/b/index.d.cts': 'export declare const yak: 1;\n',
      'node_modules/transitive/package.json': '{"version": "1.0.0"}',
      'node_modules/transitive/README.md': 'yak',
    });
    expect(await found()).toEqual([
      'node_modules/@s/b/index.d.cts',
      'node_modules/a/lib/main.d.ts',
      'node_modules/a/readme.markdown',
    ]);
    const result = await ask(tree.open(), 'herd yak');
    expect(result).toMatchObject({
      value: {
        sections: [
          {
            source: 'dependency',
            headings: ['herd'],
            span: { path: 'node_modules/a/lib/main.d.ts', start: 1, end: 2 },
          },
          {},
          {},
        ],
      },
    });
  });

  it('follows exports and re-exports, inside of the package only', async () => {
    tree.put({
      'package.json': manifest(['a']),
      'node_modules/a/package.json': JSON.stringify({
        exports: {
          '.': { import: { types: './i.d.mts', default: './i.mjs' } },
          './sub': { types: './s.d.ts' },
          './x/*': { types: './x/*.d.ts' },
          './out': { types: '../b/out.d.ts' },
        },
      }),
      'node_modules/a/i.d.mts':
        "export { deep as d,\n  e } from './deep/index.mjs';\nexport * from '../b/out';\nexport declare const yak: 1;\n",
      'node_modules/a/deep/index.d.mts': "export type * from './more';\nexport declare const yak: 1;\n",
      'node_modules/a/deep/more/index.d.ts': "export * from '../index.mjs';\nexport declare const yak: 1;\n",
      'node_modules/a/s.d.ts': 'export declare const yak: 1;\n',
      'node_modules/b/out.d.ts': 'export declare const yak: 1;\n',
    });
    expect(await found()).toEqual([
      'node_modules/a/deep/index.d.mts',
      'node_modules/a/deep/more/index.d.ts',
      'node_modules/a/i.d.mts',
      'node_modules/a/s.d.ts',
    ]);
  });

  it("finds packages of nested manifests as Node does, each version once, and not the workspace's own", async () => {
    tree.put({
      'package.json': manifest(['a', 'own']),
      'packages/own/package.json': manifest(['a', 'b']),
      'packages/own/README.md': 'yak',
      'packages/other/package.json': manifest(['a', 'b']),
      'node_modules/a/package.json': '{"version": "1.0.0"}',
      'node_modules/a/README.md': 'yak',
      'node_modules/.store/b/package.json': '{"version": "1.0.0"}',
      'node_modules/.store/b/README.md': 'yak',
      'packages/other/node_modules/b/package.json': '{"version": "1.0.0"}',
      'packages/other/node_modules/b/README.md': 'yak',
      'packages/other/node_modules/a/package.json': '{"version": "2.0.0"}',
      'packages/other/node_modules/a/README.md': 'yak',
    });
    symlinkSync('../packages/own', tree.path('node_modules/own'));
    mkdirSync(tree.path('packages/own/node_modules'));
    symlinkSync('../../../node_modules/.store/b', tree.path('packages/own/node_modules/b'));
    expect(await found()).toEqual([
      'node_modules/a/README.md',
      'packages/other/node_modules/a/README.md',
      'packages/other/node_modules/b/README.md',
      'packages/own/README.md',
    ]);
  });

  it('shows packages around the workspace, within its repository, under ~docs', async () => {
    const put = (path: string, content: string): void => {
      mkdirSync(join(tree.base, path, '..'), { recursive: true });
      writeFileSync(join(tree.base, path), content);
    };
    tree.put({ 'package.json': manifest(['@s/a', 'b']) });
    put('node_modules/@s/a/package.json', '{"version": "1.0.0"}');
    put('node_modules/@s/a/README.md', 'yak');
    mkdirSync(join(tree.base, 'far'));
    put('far/b/node_modules/b/README.md', 'yak');
    put('far/b/node_modules/b/package.json', '{}');
    expect(await found()).toEqual([]);
    mkdirSync(join(tree.base, '.git'));
    const workspace = Workspace.open([tree.directory]);
    expect(await found({ workspace, storageDirectory: undefined })).toEqual(['~docs/@s+a@1.0.0/README.md']);
    const range = { start: 1, end: 1 };
    expect(
      await createReadTool({ workspace }).read({ path: '~docs/@s+a@1.0.0/README.md', range }, context()),
    ).toMatchObject({ ok: true });
  });

  it('does not follow links out of the workspace or to secrets, nor names that are paths', async () => {
    const outside = join(tree.base, 'linked', 'node_modules', 'out');
    mkdirSync(outside, { recursive: true });
    writeFileSync(join(outside, 'README.md'), 'yak');
    writeFileSync(join(outside, 'package.json'), '{}');
    tree.put({
      'package.json': manifest([
        'out',
        'a',
        '../../linked/node_modules/out',
        '..',
        '.',
        'c/../a',
        '__proto__',
        'x'.repeat(300),
      ]),
      'node_modules/a/package.json': '{"types": "../../../linked/node_modules/out/README.md"}',
      'node_modules/a/.env': 'yak',
    });
    symlinkSync(outside, tree.path('node_modules/out'));
    symlinkSync('.env', tree.path('node_modules/a/README.md'));
    const docs = tree.open();
    expect(await places(docs, 'yak')).toEqual([]);
    expect(docs.state().leftOut).toEqual(['1 dependency is a link to outside of the workspace and not indexed.']);
  });

  it('survives manifests of any shape', async () => {
    tree.put({
      'package.json': manifest(['a', 'b', 'c', 'd', 'e']),
      'bad/package.json': '{',
      'array/package.json': '[]',
      'odd/package.json': '{"dependencies": [1], "devDependencies": "x", "peerDependencies": {"a": {}}}',
      'node_modules/a/package.json': '{"version": 3, "types": 5, "main": {}, "exports": [null, 1, [["./x.d.ts"]]]}',
      'node_modules/a/README.md': 'yak',
      'node_modules/b/package.json': '',
      'node_modules/c': 'a file',
      'node_modules/d/README.md': 'yak',
      'node_modules/e/package.json': JSON.stringify({ types: '/', exports: { '.': { types: '.' } } }),
      'node_modules/e/README.md/package.json': '{}',
    });
    expect(await found()).toEqual(['node_modules/a/README.md']);
  });
});

describe('Python packages', () => {
  const SITE = '.venv/lib/python3.12/site-packages';

  it('gives the descriptions of what the workspace imports', async () => {
    tree.put({
      '.gitignore': '.venv\n',
      '.venv/pyvenv.cfg': 'home = /usr/bin\n',
      'app/main.py':
        'import os, wanted.sub as w\nfrom named_thing import x\n  from . import y\n# import commented\ntext = "import quoted"\n',
      [`${SITE}/Wanted-1.0.dist-info/METADATA`]:
        'Name: Wanted\nVersion: 1.0\nDescription-Content-Type: text/markdown\n\n# Use\nyak\n',
      [`${SITE}/Wanted-1.0.dist-info/top_level.txt`]: 'wanted\n',
      [`${SITE}/wanted/README.rst`]: 'yak',
      [`${SITE}/wanted/docs.md`]: 'yak',
      [`${SITE}/Named_Thing-2.0.dist-info/METADATA`]: 'Name: Named-Thing\n\nyak\n',
      [`${SITE}/recorded_name-3.dist-info/METADATA`]: 'Name: recorded\n\nyak\n',
      [`${SITE}/recorded_name-3.dist-info/RECORD`]: 'commented/__init__.py,sha256=x,1\nquoted.py,,\n',
      [`${SITE}/unused-1.dist-info/METADATA`]: 'Name: unused\n\nyak\n',
      [`${SITE}/old.egg-info/PKG-INFO`]: 'Name: old\nDescription: yak\n',
      'app/legacy.py': 'import old',
    });
    expect(await found()).toEqual([
      `${SITE}/Named_Thing-2.0.dist-info/METADATA`,
      `${SITE}/Wanted-1.0.dist-info/METADATA`,
      `${SITE}/old.egg-info/PKG-INFO`,
      `${SITE}/wanted/README.rst`,
    ]);
  });

  it('ignores a folder that is no environment and one that lies outside', async () => {
    const outside = join(tree.base, 'env', 'lib', 'python3.12', 'site-packages', 'a-1.dist-info');
    mkdirSync(outside, { recursive: true });
    writeFileSync(join(outside, 'METADATA'), 'Name: a\n\nyak\n');
    writeFileSync(join(tree.base, 'env', 'pyvenv.cfg'), '');
    symlinkSync(join(tree.base, 'env'), tree.path('venv'));
    tree.put({ 'a.py': 'import a', 'env/lib/python3.12/site-packages/a-1.dist-info/METADATA': 'Name: a\n\nyak\n' });
    expect(await found()).toEqual([]);
  });
});

describe('vendored packages', () => {
  it('gives READMEs of explicit Go modules', async () => {
    tree.put({
      'go.mod': 'module x\n\nrequire (\n\tgithub.com/a/direct v1.0.0\n\tgithub.com/a/indirect v1.0.0 // indirect\n)\n',
      'vendor/modules.txt':
        '# github.com/a/direct v1.0.0\n## explicit; go 1.20\ngithub.com/a/direct\n# github.com/a/indirect v1.0.0\n## go 1.20\n# ../../out v1\n## explicit\n',
      'vendor/github.com/a/direct/README.md': 'yak',
      'vendor/github.com/a/direct/docs/more.md': 'yak',
      'vendor/github.com/a/indirect/README.md': 'yak',
      'docs/vendor/a.md': 'yak',
    });
    expect(await found()).toEqual(['docs/vendor/a.md', 'vendor/github.com/a/direct/README.md']);
    expect(await ask(tree.open(), 'vendor direct')).toMatchObject({
      value: { sections: [{ source: 'dependency' }, { source: 'workspace' }] },
    });
  });

  it('reads go.mod where there is no list of modules', async () => {
    tree.put({
      'tool/go.mod': 'module x\nrequire github.com/a/one v1.0.0\nrequire (\n\tgithub.com/a/two v1.0.0 // indirect\n)\n',
      'tool/vendor/github.com/a/one/README': 'yak',
      'tool/vendor/github.com/a/two/README.md': 'yak',
    });
    expect(await found()).toEqual(['tool/vendor/github.com/a/one/README']);
  });

  it('gives READMEs of direct Rust crates', async () => {
    tree.put({
      'Cargo.toml': '[workspace]\nmembers = ["m"]\n[workspace.dependencies]\none = "1"\n[package]\nthree = "x"\n',
      'm/Cargo.toml':
        '[package]\nname = "m"\n[dependencies.two]\nversion = "2"\n[target.\'cfg(unix)\'.dev-dependencies]\nfour.workspace = true\n',
      'vendor/one/README.md': 'yak',
      'vendor/two-2.0.1/README.md': 'yak',
      'vendor/three/README.md': 'yak',
      'vendor/four/README.md': 'yak',
      'vendor/one/Cargo.toml': '[dependencies]\nthree = "1"\n',
    });
    expect(await found()).toEqual(['vendor/four/README.md', 'vendor/one/README.md', 'vendor/two-2.0.1/README.md']);
  });
});
