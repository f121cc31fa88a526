import type { JSX } from 'preact';
import { Shown } from './shown.tsx';
import { text } from './texts.ts';

interface Props {
  /** Of the language model that writes over answers; empty when none does. */
  readonly model: string;
  readonly examples: readonly string[];
  readonly ask: (question: string) => void;
}

/** Before the first question: what this does, and questions that this workspace can answer. */
export const EmptyState = ({ model, examples, ask }: Props): JSX.Element => (
  <main class="log">
    <div class="empty">
      <h1 class="for-screen-readers">{text('newConversation')}</h1>
      <p>
        <Shown>{model === '' ? text('intro') : text('introModel', model)}</Shown>
      </p>
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
