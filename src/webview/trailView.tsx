import { Fragment, type JSX } from 'preact';
import { send } from './host.ts';
import { Icon } from './icon.tsx';
import type { LiveCall, LiveTurn } from './liveTrail.ts';
import { Shown } from './shown.tsx';
import { counted, duration, linesOf, text } from './texts.ts';
import { useFold } from './useFold.ts';

interface Props {
  /** The exchange's. */
  readonly id: string;
  readonly turns: readonly LiveTurn[];
  readonly running: boolean;
  readonly totalMs: number | undefined;
  readonly usuallyOpen: boolean;
}

/** What was searched and read, turn by turn: live while it runs, folded to one line afterwards. */
export function TrailView({ id, turns, running, totalMs, usuallyOpen }: Props): JSX.Element | null {
  const [open, setOpen] = useFold(`${running ? 'live' : 'trail'} ${id}`, usuallyOpen);
  if (turns.length === 0 && !running) return null;
  const list = `trail-${id}`;
  return (
    <section class="trail">
      <button class="fold" aria-expanded={open} aria-controls={list} onClick={() => setOpen(!open)}>
        <Icon name="chevron" />
        <span>{summary(turns, running, totalMs)}</span>
      </button>
      {running && <div class="progress" role="progressbar" aria-label={text('searching')} />}
      <ol id={list} aria-label={text('trail')} hidden={!open}>
        {open && turns.map((turn) => <Turn key={turn.turn} turn={turn} />)}
      </ol>
    </section>
  );
}

function summary(turns: readonly LiveTurn[], running: boolean, totalMs: number | undefined): string {
  const searches = turns.flatMap(({ calls }) => calls).filter(({ tool }) => tool !== 'read').length;
  const parts = [counted(turns.length, 'oneTurn', 'turns'), counted(searches, 'oneSearch', 'searches')];
  if (totalMs !== undefined) parts.push(duration(totalMs));
  const words = text(running ? 'searching' : 'searched');
  return turns.length ? `${words} ${parts.join(' · ')}` : words;
}

const Turn = ({ turn }: { readonly turn: LiveTurn }): JSX.Element => (
  <li>
    <span class="turn" aria-hidden="true">
      {turn.turn}
    </span>
    <ul aria-label={text('turn', turn.turn)}>
      {turn.calls.map((call, i) => (
        <Call key={i} call={call} />
      ))}
    </ul>
  </li>
);

const Call = ({ call: { tool, what, done } }: { readonly call: LiveCall }): JSX.Element => (
  <li class={done?.failure ? 'call failed' : done ? 'call' : 'call runs'}>
    <span class="tool-name">{tool}</span>
    <div>
      <span class="what" dir="ltr">
        {done?.read ? <ReadPlace {...done.read} /> : <What tool={tool} what={what} />}
      </span>
      <span class="said" dir="auto">
        {done?.failure && <Icon name="warning" />}
        {done ? <Shown>{done.read ? duration(done.ms) : `${done.said} · ${duration(done.ms)}`}</Shown> : '…'}
      </span>
    </div>
  </li>
);

/** What is searched for; what is read looks as it will when it is read. */
function What({ tool, what }: Pick<LiveCall, 'tool' | 'what'>): JSX.Element {
  const [, path, start, end] = (tool === 'read' && /^(.+):(\d+)-(\d+)$/.exec(what.join(' '))) || [];
  if (path === undefined) return <Shown>{what.map(quoted).join(' ')}</Shown>;
  return <Place path={path} lines={linesOf({ start: Number(start), end: Number(end) })} />;
}

/** A narrow panel breaks the path between its folders, not inside of a name. */
const Place = ({ path, lines }: { readonly path: string; readonly lines: string }): JSX.Element => (
  <>
    {path.split(/(?<=\/)/).map((part, i) => (
      <Fragment key={i}>
        {i > 0 && <wbr />}
        <Shown>{part}</Shown>
      </Fragment>
    ))}{' '}
    <span class="range">{lines}</span>
  </>
);

function ReadPlace({ path, start, end }: { path: string; start: number; end: number }): JSX.Element {
  const lines = linesOf({ start, end });
  return (
    <button
      class="link"
      title={text('openLines', path, lines)}
      onClick={() => send({ type: 'open-place', path, start, end })}
    >
      <Place path={path} lines={lines} />
    </button>
  );
}

const quoted = (word: string): string => (/\s/.test(word) ? `“${word}”` : word);
