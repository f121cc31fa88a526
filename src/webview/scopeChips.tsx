import type { JSX } from 'preact';
import type { Draft } from './host.ts';
import { Icon } from './icon.tsx';
import { PathText } from './pathText.tsx';
import { linesOf, text } from './texts.ts';

interface Props {
  readonly draft: Draft;
  readonly change: (draft: Draft) => void;
}

/** What the next question is narrowed to and is about. */
export function ScopeChips({ draft, change }: Props): JSX.Element | null {
  const { text: question, scope, selection } = draft;
  if (scope.length === 0 && !selection) return null;
  return (
    <ul class="chips" aria-label={text('narrowedTo')}>
      {selection && (
        <Chip
          path={selection.path}
          lines={linesOf(selection)}
          name={text('removeSelection')}
          remove={() => change({ text: question, scope })}
        />
      )}
      {scope.map((path) => (
        <Chip
          key={path}
          path={path}
          name={text('removeScope', path)}
          remove={() => change({ ...draft, scope: scope.filter((one) => one !== path) })}
        />
      ))}
    </ul>
  );
}

interface ChipProps {
  readonly path: string;
  readonly lines?: string;
  readonly name: string;
  readonly remove: () => void;
}

const Chip = ({ path, lines, name, remove }: ChipProps): JSX.Element => (
  <li class="chip">
    <PathText path={path} />
    {lines !== undefined && <span class="lines">{lines}</span>}
    <button type="button" class="tool" title={name} aria-label={name} onClick={remove}>
      <Icon name="cross" />
    </button>
  </li>
);
