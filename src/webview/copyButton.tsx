import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from './icon.tsx';
import { text } from './texts.ts';

const SHOWN_MS = 1500;

interface Props {
  readonly class: string;
  readonly name: string;
  /** What it shows; an icon without. */
  readonly words?: string;
  readonly current?: boolean;
  readonly copy: () => void;
}

/** Copies, and says for a moment that it has. */
export function CopyButton({ class: look, name, words, current = true, copy }: Props): JSX.Element {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const onClick = (): void => {
    copy();
    setCopied(true);
  };
  const label = copied ? text('copied') : name;
  return (
    <button class={look} title={label} aria-label={label} tabIndex={current ? 0 : -1} onClick={onClick}>
      {words === undefined ? <Icon name={copied ? 'check' : 'copy'} /> : copied ? text('copied') : words}
    </button>
  );
}
