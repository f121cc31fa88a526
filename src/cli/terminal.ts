/** A terminal's last line that changes while something runs, and whether colours and motion are wanted at all. */
import { cutToWidth } from '#cli/textWidth.ts';
import type { CliEnvironment, TextSink } from '#cli/environment.ts';

const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const FRAME_MS = 80;
const CLEAR_LINE = '\r\x1b[K';

export interface Terminal {
  /** Writes a line that stays. */
  line(text: string): void;
  /** Sets the changing last line, behind a spinner; not shown on a terminal without motion. */
  status(text: string): void;
  /** Takes the changing line away and stops the spinner. */
  clear(): void;
  /** `text` in the terminal's grey, or as it is where colours are not wanted. */
  faint(text: string): string;
  readonly width: number;
}

/** The terminal behind a stream, or undefined if it is none. Ends with `clear`, also when the program is stopped. */
export function openTerminal(sink: TextSink, environment: CliEnvironment): Terminal | undefined {
  if (!sink.isTTY) return undefined;
  const dumb = environment.env['TERM'] === 'dumb';
  const colours = !dumb && !environment.env['NO_COLOR'];
  const spinner = dumb ? undefined : spinnerOn(sink);
  if (spinner) environment.onStop(() => spinner.stop());
  return {
    line: (text) => spinner?.above(text) ?? sink.write(`${text}\n`),
    status: (text) => spinner?.show(text),
    clear: () => spinner?.stop(),
    faint: (text) => (colours ? `\x1b[2m${text}\x1b[22m` : text),
    get width() {
      return widthOf(sink);
    },
  };
}

/** Columns of a terminal; one less than it has, because a full last column wraps on some. */
export const widthOf = (sink: TextSink): number => Math.max(20, (sink.columns || 80) - 1);

interface Spinner {
  show(text: string): void;
  above(line: string): true;
  stop(): void;
}

function spinnerOn(sink: TextSink): Spinner {
  let text: string | undefined;
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;
  const draw = () => {
    if (text !== undefined)
      sink.write(`${CLEAR_LINE}${FRAMES[frame++ % FRAMES.length]} ${cutToWidth(text, widthOf(sink) - 2)}`);
  };
  return {
    show(next) {
      text = next;
      timer ??= setInterval(draw, FRAME_MS).unref();
      draw();
    },
    above(line) {
      sink.write(`${text === undefined ? '' : CLEAR_LINE}${line}\n`);
      draw();
      return true;
    },
    stop() {
      if (text !== undefined) sink.write(CLEAR_LINE);
      clearInterval(timer);
      text = timer = undefined;
    },
  };
}
