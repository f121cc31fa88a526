import { expect, test } from 'vitest';
import type { Answer, Citation, Exchange } from '#vscode/messages.ts';
import { ANSWER, CITATIONS, exchange, panelState } from './exchanges.ts';
import type { PanelPage } from './panelPage.ts';
import { describePanel } from './useBrowser.ts';

const ATTACKS = [
  '<img src=x onerror="complain(1)">',
  '<script>complain(2)</script>',
  '</script><script>complain(3)</script>',
  '<a href="command:workbench.action.closeWindow">x</a>',
  '[x](command:workbench.action.closeWindow) ![x](https://example.org/x.png)',
  '<style>*{display:none}</style><svg onload=complain(4)>',
  '{{constructor.constructor("complain(5)")()}} ${complain(6)} {0} {1}',
  '\x1b[2J\x1b]8;;https://example.org\x07x\x1b]8;;\x07',
] as const;

/** Everything in an exchange that comes from a workspace is the attack. */
function attacked(attack: string): Exchange {
  const path = `src/${attack.replaceAll('/', '')}.ts`;
  const citation: Citation = {
    ...CITATIONS[0]!,
    path,
    why: [attack, `defines ${attack}`],
    symbol: { name: attack, kind: 'class', inside: [attack] },
    lines: [attack, `  ${attack}`],
  };
  const call = { tool: 'read', what: [attack], said: attack, ms: 1, read: { path, start: 1, end: 2 } } as const;
  const answer: Answer = {
    ...ANSWER,
    sentences: [{ text: `\`${attack}\` is in ${path}: “${attack}”.`, citations: [1] }],
    citations: [citation],
    notes: [attack],
    trail: [
      {
        turn: 1,
        calls: [call, { tool: 'grep', what: [attack, 'a b'], said: attack, failure: 'failed', ms: 1 }],
        ms: 2,
      },
    ],
  };
  const place = { path, start: 1, end: 2 };
  return exchange('e1', {
    question: attack,
    scope: [attack],
    selection: { ...place, text: attack },
    answer,
    feedback: { ticks: {}, places: [place] },
  });
}

const elements = ({ page }: PanelPage): Promise<string[]> =>
  page.evaluate(() =>
    [...new Set([...document.querySelectorAll('#spoor *')].map((element) => element.localName))].sort(),
  );

describePanel('text of a hostile workspace', (open) => {
  for (const attack of ATTACKS)
    test(`is nothing but text: ${JSON.stringify(attack).slice(0, 40)}`, async () => {
      const panel = await open({ state: panelState([exchange('e1')]) });
      await panel.page.locator('.trail .fold').click();
      const harmless = await elements(panel);
      const state = panelState([attacked(attack)], {
        asked: [attack],
        status: { policy: attack, model: attack, docs: { sections: 1, complete: true, paused: false } },
        trouble: { message: `Trouble: ${attack}`, remedy: 'show-log' },
      });
      await panel.send({ type: 'state', state });
      await panel.send({ type: 'compose', text: attack, scope: [attack] });
      const tokens = [
        [{ text: attack, color: 'red;background:url(https://example.org)' }],
        [{ text: `  ${attack}`, color: '#f00' }],
      ];
      await panel.send({ type: 'colors', id: 'e1', citations: [tokens] });
      await panel.page.locator('.notice').first().waitFor();
      const shown = attack.replaceAll('\x1b', 'U+001B').replaceAll('\x07', 'U+0007');
      expect(await panel.page.locator('.preview .line').first().textContent()).toBe(`${shown}\n`);
      expect(await panel.page.locator('.note').textContent()).toBe(`Note: ${shown}`);
      expect(await panel.page.locator('h2').textContent()).toBe(attack);
      const added = (await elements(panel)).filter((name) => !harmless.includes(name));
      expect(added.filter((name) => name !== 'ul' && name !== 'footer')).toEqual([]);

      const conversation = { id: 'c1', title: attack, updatedMs: 0, exchanges: 1 };
      await panel.send({ type: 'history', conversations: [conversation], query: attack });
      expect(await panel.page.locator('.row .title').textContent()).toBe(shown);
      expect((await elements(panel)).filter((name) => !harmless.includes(name))).toEqual(['header', 'input']);
    });

  test('cannot hide or reorder what stands around it', async () => {
    const trick = 'a\u202e\u2066b\u200b\u00ad\u{e0041}c\u2028d';
    const panel = await open({ state: panelState([attacked(trick)]) });
    const shown = 'aU+202EU+2066bU+200BU+00ADU+E0041cU+2028d';
    expect(await panel.page.locator('.preview .line').first().textContent()).toBe(`${shown}\n`);
    expect(await panel.page.locator('.where').textContent()).toContain(`src/${shown}.ts`);
    const outside = await panel.page.evaluate(() =>
      [...document.querySelectorAll('.answer, .trail, .cards, .right-place, .narrowed')]
        .map((element) => element.textContent)
        .join('')
        .match(/[\u202a-\u202e\u2066-\u2069\u200b\u2028]/gu),
    );
    expect(outside).toBeNull();
  });

  test('keeps words that are made with joiners, and emoji', async () => {
    const words = 'نمی\u200cخواهم 👩\u200d💻 ☂\ufe0f';
    const panel = await open({ state: panelState([attacked(words)]) });
    expect(await panel.page.locator('.preview .line').first().textContent()).toBe(`${words}\n`);
  });
});
