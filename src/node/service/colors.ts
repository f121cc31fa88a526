/** Previews of code in the editor's own colours, made by the grammars and the theme that it has. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { ReadTool } from '#core/agent/tools.ts';
import type { PlaceText } from '#core/feedback/feedbackEvent.ts';
import { openGrammars, type Grammars } from '#node/colors/grammars.ts';
import { tokenLines } from '#node/colors/tokenLines.ts';
import type { EditorLook, Token } from '#node/service/searchService.ts';

export interface Colorer {
  /** From the next call of `color` on. */
  look(look: EditorLook): void;
  /**
   * Lines of tokens for each place, in order; undefined for one without a grammar, and for those that are not done in
   * time. The lines above a place are read, where they still stand above it. Never rejects.
   */
  color(places: readonly PlaceText[], read: ReadTool): Promise<(readonly (readonly Token[])[] | undefined)[]>;
}

/** Nothing is loaded before the first `color` after a `look`. Calls wait for each other. */
export function createColorer(): Colorer {
  let told: EditorLook | undefined;
  let open: { readonly look: EditorLook; readonly grammars: Grammars } | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const grammarsNow = async (): Promise<Grammars | undefined> => {
    if (open && open.look !== told) {
      open.grammars.dispose();
      open = undefined;
    }
    if (!told) return undefined;
    const look = told;
    open ??= { look, grammars: await openGrammars(look) };
    return open.grammars;
  };
  return {
    look: (look) => void (told = look),
    color(places, read) {
      const colored = last.then(async () => {
        const grammars = await grammarsNow().catch(() => undefined);
        return grammars ? colorAll(places, grammars, read) : places.map(() => undefined);
      });
      last = colored;
      return colored;
    },
  };
}

/** For all places of a call, in milliseconds. */
const CALL_MS = 5_000;
/** For one place, without loading its grammar. */
const PLACE_MS = 2_000;
const READ_MS = 500;
/** Lines above a place that are taken into account. */
const LINES_ABOVE = 80;

type Colored = readonly (readonly Token[])[] | undefined;

async function colorAll(places: readonly PlaceText[], grammars: Grammars, read: ReadTool): Promise<Colored[]> {
  const endMs = performance.now() + CALL_MS;
  const colored: Colored[] = [];
  for (const place of places) {
    colored.push(performance.now() < endMs ? await colorOne(place, grammars, read).catch(() => undefined) : undefined);
    // A question that is asked meanwhile does not wait for all of them.
    await breathe();
  }
  // The first of a language waits for its rules to be made ready, on a busy machine for longer than it may.
  const late = colored.indexOf(undefined);
  if (late >= 0 && performance.now() < endMs)
    colored[late] = await colorOne(places[late]!, grammars, read).catch(() => undefined);
  return colored;
}

async function colorOne(place: PlaceText, grammars: Grammars, read: ReadTool): Promise<Colored> {
  const grammar = await grammars.forPath(place.path);
  if (!grammar) return undefined;
  const before = await linesAbove(place, read);
  const deadlineMs = performance.now() + PLACE_MS;
  return tokenLines(grammar, place.lines, { before, deadlineMs, colorOf: grammars.colorOf });
}

/** None when the place's first line is not where it was. */
async function linesAbove({ path, start, lines }: PlaceText, read: ReadTool): Promise<readonly string[]> {
  if (start <= 1) return [];
  const range = { start: Math.max(1, start - LINES_ABOVE), end: start };
  const result = await read.read({ path, range }, { signal: new AbortController().signal, timeoutMs: READ_MS });
  if (!result.ok || result.value.start !== range.start || result.value.lines.length !== start - range.start + 1)
    return [];
  return result.value.lines.at(-1)?.trimEnd() === lines[0]?.trimEnd() ? result.value.lines.slice(0, -1) : [];
}
