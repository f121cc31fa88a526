/** The README's tables and promises agree with the manifest and with the code. */
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Manifest {
  readonly engines: { readonly node: string; readonly vscode: string };
  readonly contributes: {
    readonly commands: readonly { readonly title: string }[];
    readonly keybindings: readonly { readonly command: string; readonly key: string; readonly mac: string }[];
    readonly configuration: { readonly properties: Record<string, { readonly default: unknown }> };
  };
}

const read = (path: string): string => readFileSync(path, 'utf8');
const { engines, contributes } = JSON.parse(read('package.json')) as Manifest;
const texts = JSON.parse(read('package.nls.json')) as Record<string, string>;
const readme = read('README.md');

/** Cells of the rows of the table under a heading, its head aside. */
function tableUnder(heading: string): string[][] {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test('the table of commands has those of the palette, by their titles', () => {
  const titles = contributes.commands.map(({ title }) => texts[title.replaceAll('%', '')]);
  expect(tableUnder('Commands').map(([title]) => title)).toEqual(expect.arrayContaining(titles));
  expect(tableUnder('Commands')).toHaveLength(titles.length);
});

test('the table of settings has all, in their order and with their defaults', () => {
  const settings = Object.entries(contributes.configuration.properties).map(([name, { default: value }]) => [
    `\`${name}\``,
    `\`${JSON.stringify(value)}\``,
  ]);
  expect(tableUnder('Settings').map((cells) => cells.slice(0, 2))).toEqual(settings);
});

test('the table of keys has the key bindings', () => {
  const shown = (key: string): string => key.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
  const bindings = contributes.keybindings.flatMap(({ key, mac }) => [`\`${shown(key)}\``, `\`${shown(mac)}\``]);
  const keys = tableUnder('Keys').filter(([where]) => where === 'anywhere');
  expect(keys).toHaveLength(contributes.keybindings.length);
  for (const binding of bindings) expect(keys.map(([, key]) => key).join(' ')).toContain(binding);
});

test('the versions that it asks for are those of the manifest', () => {
  expect(readme).toContain(`VS Code ${/\d+\.\d+/.exec(engines.vscode)![0]} or newer`);
  expect(readme).toContain(`Node ${/\d+/.exec(engines.node)![0]} or newer`);
});

test('nothing but the reading of a docs site and the asking of a model can open a connection', () => {
  const sources = globSync('src/**/*.{ts,tsx}').filter((path) => !/\.test\.tsx?$/.test(path));
  const connects =
    /from 'node:(?:https?|http2|tls|dgram)'|\bimport \{[^}]*\b(?:connect|createConnection|Socket)\b[^}]*\} from 'node:net'|(?<![.\w])fetch\(|\bnew (?:WebSocket|EventSource|XMLHttpRequest)\b/;
  const onlyListens = /^import \{ createServer(?:, type \w+)* \} from 'node:http';$/gm;
  const connecting = sources.filter((path) => connects.test(read(path).replaceAll(onlyListens, '')));
  expect(connecting.map((path) => path.replaceAll('\\', '/')).sort()).toEqual([
    'src/node/docsSite/request.ts',
    'src/node/llm/endpointCall.ts',
  ]);
});
