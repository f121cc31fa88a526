import { rgPath } from '@vscode/ripgrep';
import { afterAll, describe, expect, it } from 'vitest';
import type { CallContext, GrepRequest, GrepTool } from '#core/agent/tools.ts';
import { parseQuestion } from '#core/search/question.ts';
import { Workspace } from '#node/workspace.ts';
import { makeTree, removeTrees } from '../../../test/fakes/workspaceTree.ts';
import { createGrepTool } from './grepTool.ts';
import { sharedGrep } from './sharedGrep.ts';

afterAll(removeTrees);

const termsOf = (text: string): GrepRequest['terms'] => parseQuestion(text).terms.map(({ term }) => term);
const context = (signal = new AbortController().signal): CallContext => ({ signal, timeoutMs: 20_000 });

const directory = makeTree({
  'a.ts': 'retryUpload();\nsendParcel(parcel);\n',
  'b.ts': 'parcel.retry(); // upload again\nconst token = renew();\n',
  'docs/c.md': '# Tokens\n\nTokens are renewed at night.\n',
});
const real = createGrepTool({ workspace: Workspace.open([directory]), rg: rgPath });

/** The real tool; each pass waits for `release`. */
function heldGrep() {
  const passes: { readonly keys: readonly string[]; readonly context: CallContext; release(): void }[] = [];
  const grep: GrepTool = {
    async search(request, given) {
      const gate = Promise.withResolvers<void>();
      passes.push({ keys: request.terms.map(({ key }) => key), context: given, release: gate.resolve });
      await gate.promise;
      return real.search(request, given);
    },
  };
  return { grep: sharedGrep(grep), passes };
}

const until = async (count: number, list: readonly unknown[]): Promise<void> =>
  expect.poll(() => list.length).toBe(count);

describe('a grep that is shared', () => {
  it('gives each call what it would have got alone', async () => {
    const requests: GrepRequest[] = [
      { terms: termsOf('retry upload') },
      { terms: termsOf('parcel upload') },
      { terms: termsOf('token renewed'), within: ['docs'] },
      { terms: termsOf('nothing of this') },
      { terms: termsOf('renew token'), within: ['docs'] },
    ];
    const grep = sharedGrep(real);
    const together = await Promise.all(requests.map((request) => grep.search(request, context())));
    const alone = await Promise.all(requests.map((request) => real.search(request, context())));
    expect(together).toEqual(alone);
  });

  it('searches in one pass for all that came while another one ran, each term once', async () => {
    const { grep, passes } = heldGrep();
    const first = grep.search({ terms: termsOf('retry') }, context());
    await until(1, passes);
    const others = ['upload parcel', 'parcel token', 'token'].map((text) =>
      grep.search({ terms: termsOf(text) }, context()),
    );
    passes[0]!.release();
    await until(2, passes);
    expect(passes[1]!.keys).toEqual(['upload', 'parcel', 'token']);
    passes[1]!.release();
    for (const result of await Promise.all([first, ...others])) expect(result).toMatchObject({ ok: true });
    expect(passes).toHaveLength(2);
  });

  it('makes no pass of more terms than one takes', async () => {
    const { grep, passes } = heldGrep();
    const word = (i: number): string => `word${String.fromCharCode(97 + (i % 26), 97 + Math.floor(i / 26))}x`;
    const calls = Array.from({ length: 12 }, (_, i) => {
      const text = Array.from({ length: 8 }, (_word, j) => word(i * 8 + j)).join(' ');
      return grep.search({ terms: termsOf(text) }, context());
    });
    await until(1, passes);
    expect(passes[0]!.keys.length).toBeLessThan(96);
    for (let i = 0; i < passes.length; i++) {
      passes[i]!.release();
      await expect.poll(() => passes.length > i + 1 || passes.flatMap(({ keys }) => keys).length >= 96).toBe(true);
    }
    for (const result of await Promise.all(calls)) expect(result).not.toHaveProperty('partial');
  });

  it('lets one go that is cancelled, and ends the pass when nobody waits for it', async () => {
    const { grep, passes } = heldGrep();
    const [one, two, late] = [new AbortController(), new AbortController(), new AbortController()];
    const first = grep.search({ terms: termsOf('retry') }, context(one.signal));
    const second = grep.search({ terms: termsOf('upload') }, context(two.signal));
    await until(1, passes);
    const third = grep.search({ terms: termsOf('token') }, context(late.signal));
    late.abort();
    expect(await third).toMatchObject({ ok: false, reason: 'cancelled' });
    one.abort();
    expect(await first).toMatchObject({ ok: false, reason: 'cancelled' });
    expect(passes[0]!.context.signal.aborted).toBe(false);
    two.abort();
    expect(await second).toMatchObject({ ok: false, reason: 'cancelled' });
    expect(passes[0]!.context.signal.aborted).toBe(true);
    expect(await grep.search({ terms: [] }, context(two.signal))).toMatchObject({ ok: false, reason: 'cancelled' });
    passes[0]!.release();
    const after = grep.search({ terms: termsOf('parcel') }, context());
    await until(2, passes);
    expect(passes[1]!.keys).toEqual(['parcel']);
    passes[1]!.release();
    expect(await after).toMatchObject({ ok: true });
  });

  it('passes on why a pass failed, and a fault of the tool', async () => {
    const missing = sharedGrep(createGrepTool({ workspace: Workspace.open([directory]), rg: '/no/such/rg' }));
    const results = await Promise.all(
      ['retry', 'upload'].map((text) => missing.search({ terms: termsOf(text) }, context())),
    );
    for (const result of results) expect(result).toMatchObject({ ok: false, reason: 'missing' });
    const broken = sharedGrep({ search: () => Promise.reject(new Error('a fault')) });
    expect(await broken.search({ terms: termsOf('retry') }, context())).toMatchObject({
      ok: false,
      message: 'Error: a fault',
    });
  });
});
