import { useEffect, useRef, useState } from 'preact/hooks';
import { send } from './host.ts';
import type { Mention } from './mention.ts';
import type { PanelModel } from './panelModel.ts';

export interface PathCompletion {
  /** The list is shown while there is a mention. */
  readonly mention: Mention | undefined;
  /** Undefined until the first answer. */
  readonly paths: readonly string[] | undefined;
  readonly active: number;
  readonly setActive: (active: number) => void;
  /** Says what mention the cursor is at; asks for paths when it is another. */
  readonly look: (mention: Mention | undefined) => void;
  /** Closes the list until another mention is begun. */
  readonly close: () => void;
}

/** Paths for an `@` mention. The latest answer is shown until that of the latest request has come. */
export function usePathCompletion(completions: PanelModel['completions']): PathCompletion {
  const [mention, setMention] = useState<Mention>();
  const [active, setActive] = useState(0);
  const request = useRef(0);
  const first = useRef(0);
  const closedAt = useRef<number | undefined>(undefined);
  useEffect(() => setActive(0), [completions]);
  const look = (next: Mention | undefined): void => {
    if (next?.at !== closedAt.current) closedAt.current = undefined;
    if (next && closedAt.current === undefined) {
      if (mention?.at !== next.at) first.current = request.current + 1;
      if (mention?.at !== next.at || mention.path !== next.path)
        send({ type: 'complete', request: ++request.current, text: next.path });
      setMention(next);
    } else setMention(undefined);
  };
  const close = (): void => {
    closedAt.current = mention?.at;
    setMention(undefined);
  };
  const paths = completions && completions.request >= first.current ? completions.paths : undefined;
  return { mention, paths, active, setActive, look, close };
}
