/**
 * The pages of all panels. A page listens from its first state on: what all are told before is in that state, and what
 * is for one of them waits for it.
 */
import type { FromPanel, ToPanel } from '#vscode/messages.ts';
import { batchEvents } from './batchEvents.ts';
import { parseMessage } from './parseMessage.ts';

export interface PanelLinks {
  /** To every page that listens. */
  post(message: ToPanel): void;
  /** Adds a panel, whose page is to say that it is ready; `post` reaches the page. */
  connect(post: (message: ToPanel) => void): PanelLink;
  /** Whether there is any, shown or not. */
  isOpen(): boolean;
}

export interface PanelLink {
  /** What the page says, of whatever form. */
  receive(value: unknown): void;
  /** To this page, as soon as it listens. */
  say(message: ToPanel): void;
  /** The page is gone. The panel gets another one when it is shown. */
  hide(): void;
  end(): void;
}

export type Receive = (message: FromPanel, answer: (message: ToPanel) => void) => void;

export interface PanelLinksParts {
  readonly receive: Receive;
  readonly log: (error: unknown) => void;
  /** Sentence for a question that is not understood. */
  readonly refusal: string;
}

export function panelLinks({ receive, log, refusal }: PanelLinksParts): PanelLinks {
  const pages = new Set<Page>();
  const batches = batchEvents((message) => {
    for (const page of pages) page.tell(message);
  });

  const receiveFrom = (page: Page, value: unknown): void => {
    const message = parseMessage(value);
    if (message?.type === 'ready') page.begin();
    if (message) {
      receive(message, (reply) => {
        batches.flush();
        page.answer(reply);
      });
      return;
    }
    log(new Error('The panel said something that is not understood.'));
    if (isQuestion(value)) page.answer({ type: 'refused', failure: { message: refusal, remedy: 'show-log' } });
  };
  return {
    post: batches.post,
    isOpen: () => pages.size > 0,
    connect(post) {
      const page = pageOf(post);
      pages.add(page);
      return {
        receive: (value) => receiveFrom(page, value),
        say: page.say,
        hide: page.hide,
        end: () => void pages.delete(page),
      };
    },
  };
}

interface Page extends Pick<PanelLink, 'say' | 'hide'> {
  /** It is ready and asks for its state. */
  begin(): void;
  /** What all pages are told. */
  tell(message: ToPanel): void;
  answer(message: ToPanel): void;
}

function pageOf(post: (message: ToPanel) => void): Page {
  let now: 'gone' | 'asks' | 'listens' = 'gone';
  const waiting: ToPanel[] = [];
  const answer = (message: ToPanel): void => {
    post(message);
    if (message.type !== 'state' || now !== 'asks') return;
    now = 'listens';
    waiting.splice(0).forEach(post);
  };
  return {
    begin: () => void (now = 'asks'),
    hide: () => void (now = 'gone'),
    answer,
    tell(message) {
      // A state that is told to all is as good as the one that the page asked for.
      if (now === 'listens' || (now === 'asks' && message.type === 'state')) answer(message);
    },
    say(message) {
      if (now === 'listens') post(message);
      else waiting.push(message);
    },
  };
}

const isQuestion = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'ask';
