import type { JSX } from 'preact';
import { Shown } from './shown.tsx';
import { text } from './texts.ts';

interface Props {
  readonly examples: readonly string[];
  readonly ask: (question: string) => void;
}

/** Before the first question: what this does, and questions that this workspace can answer. */
export const EmptyState = ({ examples, ask }: Props): JSX.Element => (
  <main class="log">
    <div class="empty">
      <h1 class="for-screen-readers">{text('newConversation')}</h1>
      <p>{text('intro')}</p>
      {examples.length > 0 && (
        <ul class="examples" aria-label={text('examples')}>
          {examples.map((question) => (
            <li key={question}>
              <button class="link" dir="auto" onClick={() => ask(question)}>
                <Shown>{question}</Shown>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  </main>
);
