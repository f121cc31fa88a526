/** Events of a search come by the dozen; each message to a page costs the editor and the page more than what it says. */
import type { ToPanel } from '#vscode/messages.ts';

export interface EventBatches {
  /** Passes the message on. Events that come soon after others wait for a moment, and go together. */
  post(message: ToPanel): void;
  /** Passes on what waits. */
  flush(): void;
}

type Events = Extract<ToPanel, { readonly type: 'events' }>;

/** Time between two messages of events, in milliseconds: too short to be seen. */
const EVERY_MS = 50;

/** What is posted keeps its order. */
export function batchEvents(post: (message: ToPanel) => void): EventBatches {
  let waiting: Events | undefined;
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    const message = waiting;
    waiting = undefined;
    if (message) post(message);
  };
  const rest = (): void => {
    timer = setTimeout(() => {
      timer = undefined;
      if (!waiting) return;
      flush();
      rest();
    }, EVERY_MS);
    timer.unref();
  };
  const add = (message: Events): void => {
    if (waiting?.id !== message.id) flush();
    waiting = { ...message, events: [...(waiting?.events ?? []), ...message.events] };
    if (timer) return;
    flush();
    rest();
  };
  return {
    post(message) {
      if (message.type === 'events') return add(message);
      if (waiting && isEndOf(waiting, message)) waiting = undefined;
      flush();
      post(message);
    },
    flush,
  };
}

/** An exchange that has ended has its whole trail. */
const isEndOf = ({ id }: Events, message: ToPanel): boolean =>
  message.type === 'exchange' && message.exchange.id === id && message.exchange.state !== 'running';
