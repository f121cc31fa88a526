import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { createReadTool } from '#node/readTool.ts';
import { createColorer } from '#node/service/colors.ts';
import type { EditorLook, Token } from '#node/service/searchService.ts';
import { Workspace } from '#node/workspace.ts';
import { makeTree, removeTrees } from '../../../test/fakes/workspaceTree.ts';

afterAll(removeTrees);

const GRAMMAR = {
  scopeName: 'source.toy',
  patterns: [
    { name: 'comment.block.toy', begin: String.raw`/\*`, end: String.raw`\*/` },
    { name: 'keyword.control.toy', match: String.raw`\b(let|if)\b` },
    { name: 'string.quoted.toy', begin: '"', end: '"' },
    { include: 'source.numbers' },
  ],
};
const NUMBERS = { scopeName: 'source.numbers', patterns: [{ name: 'constant.numeric', match: String.raw`\b\d+\b` }] };
const PLIST = `<?xml version="1.0"?><plist version="1.0"><dict>
  <key>scopeName</key><string>source.old</string>
  <key>patterns</key><array><dict>
    <key>name</key><string>keyword.old</string><key>match</key><string>let</string>
  </dict></array>
</dict></plist>`;
const BASE = `{
  // Comments and commas at ends are usual.
  "tokenColors": [
    { "settings": { "foreground": "#abcdef" } },
    { "scope": "keyword", "settings": { "foreground": "#F00", "fontStyle": "bold" } },
    { "scope": "string, constant.numeric", "settings": { "foreground": "#00ff0080" } },
  ],
}`;
const THEME = `{ "include": "./base.json", "tokenColors": [
  { "scope": ["comment"], "settings": { "foreground": "#0000ff", "fontStyle": "italic" } },
  { "scope": "string", "settings": { "foreground": "#112233" } },
  { "scope": "constant", "settings": { "foreground": "url(javascript:alert(1))" } }
] }`;

const editor = makeTree({
  'toy.tmLanguage.json': JSON.stringify(GRAMMAR),
  'numbers.json': JSON.stringify(NUMBERS),
  'old.tmLanguage': PLIST,
  'broken.json': '{ "scopeName": ',
  'base.json': BASE,
  'theme.json': THEME,
  'circle.json': '{ "include": "./circle.json", "tokenColors": "./old.tmTheme" }',
});
const LOOK: EditorLook = {
  kind: 'dark',
  theme: join(editor, 'theme.json'),
  grammars: [
    { scope: 'source.toy', file: join(editor, 'toy.tmLanguage.json'), files: ['.toy', 'Toyfile'] },
    { scope: 'source.numbers', file: join(editor, 'numbers.json'), files: ['.toy.txt'] },
    { scope: 'source.old', file: join(editor, 'old.tmLanguage'), files: ['.old'] },
    { scope: 'source.broken', file: join(editor, 'broken.json'), files: ['.broken'] },
    { scope: 'source.gone', file: join(editor, 'gone.json'), files: ['.gone'] },
  ],
};

/** Tokens of a place that begins at a line of a file. */
async function colored(text: string, { path = 'a.toy', start = 1, look = LOOK as EditorLook | undefined } = {}) {
  const workspace = Workspace.open([makeTree({ [path]: text })]);
  const colorer = createColorer();
  if (look) colorer.look(look);
  const lines = text.split('\n').slice(start - 1);
  const places = [{ path, start, end: start + lines.length - 1, lines }];
  return (await colorer.color(places, createReadTool({ workspace })))[0];
}

const KEYWORD = { color: '#ff0000', bold: true };
const COMMENT = { color: '#0000ff', italic: true };

describe('code', () => {
  test('has the colours of the theme and of what it includes', async () => {
    expect(await colored('let a = "b" + 7;\n\n/* let\n it */ x')).toEqual([
      [
        { text: 'let', ...KEYWORD },
        { text: ' a = ' },
        { text: '"b"', color: '#112233' },
        { text: ' + ' },
        { text: '7', color: '#00ff00' },
        { text: ';' },
      ],
      [],
      [{ text: '/* let', ...COMMENT }],
      [{ text: ' it */', ...COMMENT }, { text: ' x' }],
    ]);
  });

  test('is read from above the place, so that what begins there is known', async () => {
    expect(await colored('/* a\nlet it\nbe */ let', { start: 2 })).toEqual([
      [{ text: 'let it', ...COMMENT }],
      [{ text: 'be */', ...COMMENT }, { text: ' ' }, { text: 'let', ...KEYWORD }],
    ]);
  });

  test('is read from the place alone when that is no longer there', async () => {
    const read = createReadTool({ workspace: Workspace.open([makeTree({ 'a.toy': '/* a\nother' })]) });
    const colorer = createColorer();
    colorer.look(LOOK);
    const [lines] = await colorer.color([{ path: 'a.toy', start: 2, end: 2, lines: ['let'] }], read);
    expect(lines).toEqual([[{ text: 'let', ...KEYWORD }]]);
  });

  test('in very long lines is plain', async () => {
    const long = `let ${'x'.repeat(2_000)} /*`;
    expect(await colored(`${long}\nlet`)).toEqual([[{ text: long }], [{ text: 'let', ...KEYWORD }]]);
  });

  test('may hold anything; its tokens give it back', async () => {
    const hostile = ['<script>alert("1")</script>', '\u202elet 1\u202c\t"', '\ud800 let', '\x1b[31mlet', 'é̈ 👩‍👩‍👧 7'];
    const lines = await colored(hostile.join('\n'));
    expect(lines?.map((line) => line.map(({ text }) => text).join(''))).toEqual(hostile);
  });

  test('whose grammar is a property list has colours too', async () => {
    expect(await colored('let x', { path: 'b.old' })).toEqual([[{ text: 'let', ...KEYWORD }, { text: ' x' }]]);
  });
});

describe('the grammar of a file', () => {
  const isColored = async (path: string) => (await colored('let 1', { path }))?.[0]?.map(({ color }) => color);

  test('goes by the whole name, then by the longest ending, in any case', async () => {
    expect(await isColored('toyfile')).toEqual(['#ff0000', undefined, '#00ff00']);
    expect(await isColored('deep/a.b.TOY')).toEqual(['#ff0000', undefined, '#00ff00']);
    expect(await isColored('a.toy.txt')).toEqual([undefined, '#00ff00']);
  });

  test('may lack, be broken or gone', async () => {
    for (const path of ['a.unknown', 'toy', 'a.broken', 'a.gone']) expect(await isColored(path)).toBeUndefined();
  });
});

describe('a theme', () => {
  const keyword = async (look: Partial<EditorLook>): Promise<Token | undefined> =>
    (await colored('if', { look: { ...LOOK, ...look } }))?.[0]?.[0];

  test('without a file, or with one of another form, is that of its kind', async () => {
    const { theme: _, ...bare } = LOOK;
    const dark = (await colored('if', { look: bare }))?.[0]?.[0];
    expect(dark?.color).toMatch(/^#[0-9a-f]{6}$/);
    for (const name of ['gone.json', 'circle.json', 'toy.tmLanguage.json', 'broken.json', ''])
      expect(await keyword({ theme: join(editor, name) })).toEqual(dark);
    expect(await keyword({ theme: join(editor, 'gone.json'), kind: 'light' })).not.toEqual(dark);
  });

  test('that is told later is used from then on', async () => {
    const colorer = createColorer();
    const read = createReadTool({ workspace: Workspace.open([makeTree({ 'a.toy': 'if' })]) });
    const place = { path: 'a.toy', start: 1, end: 1, lines: ['if'] };
    expect(await colorer.color([place], read)).toEqual([undefined]);
    colorer.look(LOOK);
    const first = colorer.color([place, place], read);
    colorer.look({ ...LOOK, theme: join(editor, 'gone.json') });
    const second = await colorer.color([place], read);
    expect(await first).toHaveLength(2);
    expect(second[0]?.[0]?.[0]).not.toEqual({ text: 'if', ...KEYWORD });
    colorer.look(LOOK);
    expect(await colorer.color([place], read)).toEqual([[[{ text: 'if', ...KEYWORD }]]]);
  });
});

test('nothing is loaded before the first use', async () => {
  const script = `
    import { createRequire } from 'node:module';
    import { createColorer } from ${JSON.stringify(new URL('colors.ts', import.meta.url).href)};
    const loaded = () => Object.keys(createRequire('/').cache).filter((file) => /textmate|oniguruma/.test(file)).length;
    const colorer = createColorer();
    colorer.look(${JSON.stringify(LOOK)});
    const before = loaded();
    await colorer.color([{ path: 'a.toy', start: 1, end: 1, lines: ['if'] }], {});
    console.log(before, loaded() > 0);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect(stdout.trim()).toBe('0 true');
});
