import { beforeEach, expect, test } from 'vitest';
import type { Exchange, PanelState, ToPanel } from '#vscode/messages.ts';
import { panelLinks, type PanelLink, type PanelLinks } from './panelLinks.ts';

let links: PanelLinks;
/** What became of `ready`: the state that the page asked for comes when the test calls the first of them. */
let asked: ((message: ToPanel) => void)[];
let logged: unknown[];
beforeEach(() => {
  [asked, logged] = [[], []];
  links = panelLinks({
    receive: ({ type }, answer) => type === 'ready' && asked.push(answer),
    log: (error) => logged.push(error),
    refusal: 'Too much.',
  });
});

const stateOf = (id: string): ToPanel => ({
  type: 'state',
  state: { conversation: { id, title: '', exchanges: [] } } as unknown as PanelState,
});
const COMPOSE: ToPanel = { type: 'compose', text: 'why?' };
const EXCHANGE: ToPanel = { type: 'exchange', exchange: { id: 'e', state: 'running' } as Exchange };

function connect(): { readonly link: PanelLink; readonly got: ToPanel[] } {
  const got: ToPanel[] = [];
  return { link: links.connect((message) => got.push(message)), got };
}

/** A page that listens and has its first state behind it. */
function listening(): ReturnType<typeof connect> {
  const page = connect();
  page.link.receive({ type: 'ready' });
  asked.shift()!(stateOf('first'));
  page.got.length = 0;
  return page;
}

test('a page listens from its state on; what is for it alone waits so long', () => {
  const { link, got } = connect();
  link.say(COMPOSE);
  links.post(EXCHANGE);
  link.receive({ type: 'ready' });
  links.post(EXCHANGE);
  expect(got).toEqual([]);
  asked[0]!(stateOf('a'));
  links.post(EXCHANGE);
  link.say(COMPOSE);
  expect(got).toEqual([stateOf('a'), COMPOSE, EXCHANGE, COMPOSE]);
});

test('a page that was hidden comes back with the state of then, not with those it missed', () => {
  const { link, got } = listening();
  link.hide();
  links.post(stateOf('missed'));
  links.post(EXCHANGE);
  link.say(COMPOSE);
  link.receive({ type: 'ready' });
  asked[0]!(stateOf('now'));
  expect(got).toEqual([stateOf('now'), COMPOSE]);
});

test('a state that all are told while a page asks for its own is shown at once', () => {
  const { link, got } = connect();
  link.receive({ type: 'ready' });
  links.post(stateOf('other folders'));
  links.post(EXCHANGE);
  expect(got).toEqual([stateOf('other folders'), EXCHANGE]);
});

test('all pages are told, those that have ended no more', () => {
  const [one, two] = [listening(), listening()];
  links.post(EXCHANGE);
  one.link.end();
  links.post(EXCHANGE);
  expect([one.got.length, two.got.length, links.isOpen()]).toEqual([1, 2, true]);
  two.link.end();
  expect(links.isOpen()).toBe(false);
});

test('a question that is not understood is refused, so that its page does not wait for it', () => {
  const { link, got } = listening();
  const other = listening();
  link.receive({ type: 'ask', question: 'x'.repeat(100_001), scope: [] });
  link.receive({ type: 'ask', question: 'x', scope: Array.from({ length: 101 }, () => 'src') });
  link.receive({ type: 'nonsense' });
  link.receive(null);
  const refused: ToPanel = { type: 'refused', failure: { message: 'Too much.', remedy: 'show-log' } };
  expect(got).toEqual([refused, refused]);
  expect(logged).toHaveLength(4);
  expect(other.got).toEqual([]);
});
