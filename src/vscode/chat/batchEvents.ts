/**
 * Events of a search and pieces of prose come by the dozen; each message to a page costs the editor and the page more
 * than what it says.
 */
import type { ToPanel } from '#vscode/messages.ts';

export interface EventBatches {
  /** Passes the message on. Events that come soon after others wait for a moment and go together; of prose the latest. */
  post(message: ToPanel): void;
  /** Passes on what waits. */
  flush(): void;
}

type Many = Extract<ToPanel, { readonly type: 'events' | 'prose' }>;

/** Time between two such messages, in milliseconds: too short to be seen. */
const EVERY_MS = 50;

/** What is posted keeps its order. */
export function batchEvents(post: (message: ToPanel) => void): EventBatches {
  let waiting: Many | undefined;
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
  const add = (message: Many): void => {
    if (waiting?.id !== message.id || waiting.type !== message.type) flush();
    waiting = waiting ? joined(waiting, message) : message;
    if (timer) return;
    flush();
    rest();
  };
  return {
    post(message) {
      if (message.type === 'events' || message.type === 'prose') return add(message);
      if (waiting && isEndOf(waiting, message)) waiting = undefined;
      flush();
      post(message);
    },
    flush,
  };
}

/** Prose comes whole each time. */
function joined(before: Many, message: Many): Many {
  if (before.type !== 'events' || message.type !== 'events') return message;
  return { ...message, events: [...before.events, ...message.events] };
}

/** An exchange that has ended has its whole trail, and what was written over it until then. */
const isEndOf = ({ id }: Many, message: ToPanel): boolean =>
  message.type === 'exchange' && message.exchange.id === id && message.exchange.state !== 'running';
