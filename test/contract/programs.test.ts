/** What is in the built programs: what runs in the editor's own process searches, parses and infers nothing. */
import { isBuiltin } from 'node:module';
import { beforeAll, describe, expect, test } from 'vitest';

interface Metafile {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<
    Record<string, { readonly bytes: number; readonly imports: readonly { readonly path: string }[] }>
  >;
}

let built: Readonly<Record<'node' | 'extension' | 'panel', Metafile>>;

beforeAll(async () => {
  const programs: string = '../../scripts/programs.mjs';
  const { buildPrograms } = (await import(programs)) as {
    buildPrograms(options: { readonly outdir: string; readonly write: boolean }): Promise<typeof built>;
  };
  built = await buildPrograms({ outdir: 'dist/nowhere', write: false });
});

const inputs = (kind: keyof typeof built): string[] => Object.keys(built[kind].inputs);
const outside = (kind: keyof typeof built): string[] => [
  ...new Set(Object.values(built[kind].outputs).flatMap(({ imports }) => imports.map(({ path }) => path))),
];
const bytes = (kind: keyof typeof built): number =>
  Object.values(built[kind].outputs).reduce((sum, one) => sum + one.bytes, 0);

describe('what runs in the editor', () => {
  test('has two packages in it, for words and for streams of a model, and asks for none but the editor', () => {
    const packages = inputs('extension').flatMap(
      (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
    );
    expect([...new Set(packages)].toSorted()).toEqual(['eventsource-parser', 'stemmer']);
    expect(outside('extension').filter((path) => !isBuiltin(path))).toEqual(['vscode']);
  });

  test('neither searches nor infers', () => {
    const heavy =
      /^src\/(core\/(nn|policy|rl)|node\/(ripgrep|symbols|docs|history|onnx|policy|colors|training|worlds|llm\/onnx))\//;
    expect(inputs('extension').filter((path) => heavy.test(path))).toEqual([]);
    expect(inputs('extension')).not.toContain('src/node/searcher.ts');
  });

  test('is small', () => {
    expect(bytes('extension')).toBeLessThan(360_000);
  });
});

describe('the panel', () => {
  test('has nothing of Node, and Preact alone of all packages', () => {
    expect(outside('panel')).toEqual([]);
    const foreign = inputs('panel').filter((path) => !/^(src\/webview|node_modules\/preact)\//.test(path));
    expect(foreign).toEqual([]);
  });

  test('is small', () => {
    expect(bytes('panel')).toBeLessThan(120_000);
  });
});

test('what searches asks only for packages that are beside it', () => {
  const known = ['@vscode/ripgrep', 'node-sqlite3-wasm', 'onnxruntime-node', 'onnxruntime-web'];
  expect(outside('node').filter((path) => !isBuiltin(path) && !known.includes(path))).toEqual([]);
});
