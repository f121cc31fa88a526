import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { onigurumaFile } from '#node/colors/grammars.ts';
import { makeTree, removeTrees } from '../../../test/fakes/workspaceTree.ts';

afterAll(removeTrees);

describe('the library of regular expressions', () => {
  test('lies beside the bundle, or in its package', () => {
    const built = makeTree({ 'dist/onig.wasm': '', 'deep/node_modules/vscode-oniguruma/release/onig.wasm': '' });
    expect(onigurumaFile(join(built, 'dist'))).toBe(join(built, 'dist/onig.wasm'));
    expect(onigurumaFile(join(built, 'deep/src/node'))).toBe(
      join(built, 'deep/node_modules/vscode-oniguruma/release/onig.wasm'),
    );
    expect(onigurumaFile()).toMatch(/onig\.wasm$/);
  });

  test('may lack: then there are no colours, and nothing else happens', async () => {
    expect(() => onigurumaFile(makeTree({}))).toThrow('onig.wasm is not there. Install Spoor anew.');
    const folder = makeTree({ 'hooks.mjs': HOOKS, 'a.json': '{ "scopeName": "source.a", "patterns": [] }' });
    const look = { kind: 'dark', grammars: [{ scope: 'source.a', file: join(folder, 'a.json'), files: ['.a'] }] };
    const script = `
      import { createColorer } from ${JSON.stringify(new URL('../service/colors.ts', import.meta.url).href)};
      const colorer = createColorer();
      colorer.look(${JSON.stringify(look)});
      const color = () => colorer.color([{ path: 'a.a', start: 1, end: 1, lines: ['x'] }], {});
      console.log(JSON.stringify([await color(), await color()]));`;
    const args = ['--import', join(folder, 'hooks.mjs'), '--input-type=module', '-e', script];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(JSON.parse(stdout)).toEqual([[null], [null]]);
  });
});

const HOOKS = `import { registerHooks } from 'node:module';
registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'vscode-oniguruma') throw new Error('Cannot find package');
    return next(specifier, context);
  },
});`;
