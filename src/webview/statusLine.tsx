import type { JSX } from 'preact';
import type { StatusLine as Status } from '#vscode/messages.ts';
import { send } from './host.ts';
import { Shown } from './shown.tsx';
import { counted, text } from './texts.ts';

/** Which policy searches, which language model writes and what is indexed; each leads to more about it. */
export const StatusLine = ({ status }: { readonly status: Status }): JSX.Element => (
  <footer class="status">
    <button class="link" title={text('policyHint')} onClick={() => send({ type: 'show-policy' })}>
      <Shown>{text('policy', status.policy)}</Shown>
    </button>
    <span aria-hidden="true">·</span>
    <button class="link" title={text('modelHint')} onClick={() => send({ type: 'choose-model' })}>
      <Shown>{status.model === '' ? text('modelOff') : text('model', status.model)}</Shown>
    </button>
    <span aria-hidden="true">·</span>
    <button class="link" title={text('docsHint')} onClick={() => send({ type: 'show-docs' })}>
      {docsText(status.docs)}
    </button>
  </footer>
);

function docsText({ sections, complete, paused }: Status['docs']): string {
  if (paused) return text('docsPaused', sections);
  return complete ? counted(sections, 'docsOne', 'docs') : text('docsIndexing', sections);
}
