import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { lexer } from 'marked';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Citation } from '#core/answer/answer.ts';
import { linkTarget } from '#core/answer/markdownText.ts';
import type { Prose, ProseSentence } from '#core/answer/prose.ts';
import { proseMarkdown } from '#core/answer/proseMarkdown.ts';
import { memorySink, runInMemory, type CliRun } from '../../../test/fakes/cliEnvironment.ts';
import { HOSTILE_FILES, HOSTILE_REPLIES } from '../../../test/fakes/hostileReplies.ts';
import { startModelServer, type ModelServer } from '../../../test/fakes/modelServer.ts';

const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-hostile-')));
let server: ModelServer;
let reply = 0;

beforeAll(async () => {
  for (const [path, text] of Object.entries(HOSTILE_FILES)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  server = await startModelServer(() => ({ text: piecesOf(HOSTILE_REPLIES[reply]!, reply) }));
});
afterAll(async () => {
  await server.close();
  rmSync(cwd, { recursive: true, force: true });
});

/** Cut anywhere, surrogate pairs and marks included; JSON carries lone surrogates. */
function piecesOf(text: string, seed: number): string[] {
  const size = text.length > 400 ? 50 : 1 + (seed % 7);
  return Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.slice(i * size, (i + 1) * size));
}

const ask = (argv: readonly string[], isTTY = false): Promise<CliRun> =>
  runInMemory(['ask', 'where is upload', '--model', `${server.url}#tiny`, ...argv], {
    cwd,
    stdout: memorySink(isTTY ? { isTTY, columns: 90 } : {}),
  });

/** What a reader, a terminal or a Markdown viewer would take for an address. */
const ADDRESS = /[a-z][a-z0-9+.-]*:\/\/|\bwww\.\w/i;
const LINK =
  /\]\(|\]\[|\b(?:javascript|vbscript|mailto|vscode|vscode-insiders|command):\w|\bdata:\w+\/|[\w.]@[\w-]+\.[a-z]|<\/?(?:a|img|script|iframe|svg|style|object|embed|link|form|base|meta)\b/i;
const MARK = /[[［【〔⟦][\s\u200c\u200d\p{Mn}^#]*[-–]?[\p{Nd}][\p{Nd}\s,;–-]*[\]］】〕⟧]/u;
const UNSAFE = /[\0-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/u;

const outsideOfCode = ({ text, begins }: ProseSentence): string =>
  begins === 'code' ? '' : text.replace(/`[^`]*`/g, '·');

function faultsOf({ sentences }: Pick<Prose, 'sentences'>, read: ReadonlySet<number>): string[] {
  return sentences.flatMap((sentence) => [
    ...sentence.citations.filter((number) => !read.has(number)).map((number) => `cites ${number}`),
    ...[ADDRESS, UNSAFE].filter((pattern) => pattern.test(sentence.text)).map(() => `text: ${sentence.text}`),
    ...[LINK, MARK].filter((pattern) => pattern.test(outsideOfCode(sentence))).map(() => `plain: ${sentence.text}`),
  ]);
}

interface Token {
  readonly type: string;
  readonly href?: string;
  readonly tokens?: readonly Token[];
  readonly items?: readonly Token[];
}

const leaves = (tokens: readonly Token[]): Token[] =>
  tokens.flatMap((token) => [token, ...leaves(token.tokens ?? []), ...leaves(token.items ?? [])]);

/** Where links of the exported Markdown lead, besides the cited places; and what is alive in it. */
function strangeInMarkdown(prose: Prose, citations: readonly Citation[]): string[] {
  const places = new Set(citations.map((citation) => linkTarget(citation)));
  const tokens = leaves(lexer(proseMarkdown(prose, citations).join('\n\n')) as Token[]);
  return tokens
    .filter(({ type, href }) => (type === 'link' && !places.has(href)) || type === 'image' || type === 'html')
    .map(({ type, href }) => `${type} ${href}`);
}

/** What stands below the answer, and the numbers in it that no place has. */
function faultsPrinted(stdout: string, read: ReadonlySet<number>): string[] {
  const written = stdout.slice(stdout.indexOf('tiny wrote:'));
  const numbers = [...written.matchAll(/\[(\d+)\]/g)].map((found) => Number(found[1]));
  // In the code that a model writes, numbers in brackets are indices: `a[9]`.
  const code = [...written.matchAll(/`[^`]*\[(\d+)\][^`]*`|^ {4}.*\[(\d+)\]/gm)].map((found) =>
    Number(found[1] ?? found[2]),
  );
  return [
    ...numbers.filter((number) => !read.has(number) && !code.includes(number)).map((number) => `prints [${number}]`),
    ...[ADDRESS, UNSAFE, /\x1b/].filter((pattern) => pattern.test(written)).map(String),
  ];
}

it('is really hostile: nearly every reply would lead somewhere if it were shown as it is', () => {
  const read = new Set([1, 2, 3, 4, 5]);
  const bad = HOSTILE_REPLIES.filter((text) => faultsOf({ sentences: [{ text, citations: [] }] }, read).length > 0);
  expect(HOSTILE_REPLIES).toHaveLength(200);
  expect(bad.length).toBeGreaterThan(170);
});

it('never becomes a link, or a citation of what was not read: in data, in Markdown, on a terminal', async () => {
  const faults: string[] = [];
  let kept = 0;
  for (reply = 0; reply < HOSTILE_REPLIES.length; reply++) {
    const asked = await ask(['--json']);
    const { prose, citations } = JSON.parse(asked.stdout) as { prose: Prose; citations: Citation[] };
    const read = new Set(citations.map(({ number }) => number));
    expect(asked.code).toBe(0);
    const shown = await ask([], true);
    faults.push(
      ...[...faultsOf(prose, read), ...strangeInMarkdown(prose, citations), ...faultsPrinted(shown.stdout, read)].map(
        (fault) => `reply ${reply}: ${fault}`,
      ),
    );
    kept += prose.sentences.flatMap((sentence) => sentence.citations).length;
  }
  expect(faults).toEqual([]);
  // What is right stays.
  expect(kept).toBeGreaterThan(100);
});

it('is asked for with files as data', () => {
  for (const { body } of server.requests.slice(0, 3)) {
    const user = body.messages![1]!.content!;
    const fence = /^<(evidence(?:-\d+)?)>\n/.exec(user)![1]!;
    expect(user.split(`</${fence}>`)).toHaveLength(2);
    expect(user).not.toMatch(/<\|im_|\[INST\]|<\/s>|<think>/);
    const heads = user.slice(0, user.indexOf(`</${fence}>`)).match(/^\[\d+\] /gm);
    expect(heads).toEqual(['[1] ', '[2] ', '[3] ', '[4] ', '[5] ']);
  }
});
