import type { ComponentChildren, JSX } from 'preact';
import type { Failure, PanelStrings, Remedy } from '#vscode/messages.ts';
import { send } from './host.ts';
import { Icon } from './icon.tsx';
import { Shown } from './shown.tsx';
import { text } from './texts.ts';

/** Names of the buttons. */
export const REMEDY_NAMES: Readonly<Record<Remedy, keyof PanelStrings>> = {
  retry: 'retry',
  'open-folder': 'openFolder',
  'manage-trust': 'manageTrust',
  'run-doctor': 'runDoctor',
  'open-settings': 'openSettings',
  'resume-docs': 'resumeDocs',
  'choose-model': 'chooseModel',
  'set-model-key': 'setModelKey',
  'show-log': 'showLog',
};

interface Props {
  readonly failure: Failure;
  /** Of the exchange that failed: to try again is to ask it again. */
  readonly exchange?: string;
  /** It stands in the way of nothing. */
  readonly quiet?: boolean;
}

/** What went wrong, and the button that mends it. */
export function Notice({ failure, exchange, quiet = false }: Props): JSX.Element {
  const { message, remedy } = failure;
  const mend = (): void =>
    send(remedy === 'retry' && exchange !== undefined ? { type: 'retry', id: exchange } : { type: 'remedy', remedy });
  return (
    <NoticeFrame quiet={quiet} action={<button onClick={mend}>{text(REMEDY_NAMES[remedy])}</button>}>
      <Shown>{message}</Shown>
    </NoticeFrame>
  );
}

interface FrameProps {
  readonly quiet: boolean;
  readonly action: ComponentChildren;
  readonly children: ComponentChildren;
}

export const NoticeFrame = ({ quiet, action, children }: FrameProps): JSX.Element => (
  <div class={quiet ? 'notice quiet' : 'notice'}>
    {!quiet && <Icon name="warning" />}
    <div>
      <p dir="auto">{children}</p>
      {action}
    </div>
  </div>
);
