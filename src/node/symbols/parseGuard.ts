/**
 * What keeps hostile texts away from the parser. Its recovery from errors recurses and its ambiguities multiply: some
 * 4,000 open brackets overflow its stack, and after such a trap a new thread must be started.
 *
 * None of 4,334 source files of ten projects reached these bounds; a progress call stood for at least 45 units of their
 * text. What passes them and still traps the parser or holds it up is the business of `parserThread.ts`.
 */

/** Round, square and curly brackets that may be open at once. */
export const MAX_BRACKETS = 1_000;
/** Angle brackets that may be open within a statement. */
export const MAX_ANGLES = 300;

/** Whether a text opens more brackets than any program does. Strings and comments are not told apart. */
export function isTooDeep(text: string): boolean {
  let brackets = 0;
  let angles = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === OPEN_ROUND || code === OPEN_SQUARE || code === OPEN_CURLY) brackets++;
    else if ((code === CLOSE_ROUND || code === CLOSE_SQUARE || code === CLOSE_CURLY) && brackets > 0) brackets--;
    else if (code === LESS) angles++;
    else if (code === GREATER && angles > 0) angles--;
    if (code === SEMICOLON || code === OPEN_CURLY || code === CLOSE_CURLY) angles = 0;
    if (brackets > MAX_BRACKETS || angles > MAX_ANGLES) return true;
  }
  return false;
}

const [OPEN_ROUND, CLOSE_ROUND, OPEN_SQUARE, CLOSE_SQUARE] = [40, 41, 91, 93];
const [OPEN_CURLY, CLOSE_CURLY, LESS, GREATER, SEMICOLON] = [123, 125, 60, 62, 59];

const UNITS_A_CALL = 12;
const FREE_CALLS = 300;

/** How often the parser may report progress (every 100 steps) over a text; more means that it is lost. */
export const maxProgressCalls = (text: string): number => FREE_CALLS + text.length / UNITS_A_CALL;
