/**
 * A model's own template (Jinja) makes one text of a conversation. Templates come with models from anywhere, so they are
 * taken for hostile: they reach nothing but what they are given, and what they take of time and memory is bounded.
 */
import { Environment, Interpreter, Template } from '@huggingface/jinja';
import { printable } from '#core/answer/plainText.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';

export interface TemplateLimits {
  readonly timeMs: number;
  /** Of any text, in UTF-16 units; of a list as many elements, divided by 10. */
  readonly size: number;
}

/** A template takes milliseconds for a conversation of some thousand tokens. */
const LIMITS: TemplateLimits = { timeMs: 2_000, size: 4_000_000 };
const MOST_SOURCE = 500_000;

/** Throws a `ModelFailure` with what the template said, or with the limit that it ran into. */
export function renderTemplate(
  source: string,
  items: Readonly<Record<string, unknown>>,
  limits: TemplateLimits = LIMITS,
): string {
  try {
    if (source.length > MOST_SOURCE) throw new Error('it is too long');
    const { parsed } = new Template(source);
    const text: unknown = new BoundedInterpreter(environmentOf(items, limits), limits).run(parsed).value;
    if (typeof text === 'string') return text;
    throw new Error('it gives no text');
  } catch (error) {
    const why = error instanceof RangeError ? 'it is nested too deeply or makes too much' : shortMessage(error);
    throw new ModelFailure('failed', `The chat template of this model cannot be used here: ${why}.`, { cause: error });
  }
}

const shortMessage = (error: unknown): string =>
  printable(String(error instanceof Error ? error.message : error).slice(0, 200))
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '');

/** What is used of the package; its own types are written for bundlers. */
interface Scope {
  set(name: string, value: unknown): unknown;
}

interface Evaluator {
  run(program: unknown): { readonly value: unknown };
  evaluate(part: unknown, scope: Scope): { readonly value: unknown };
}

const JinjaInterpreter = Interpreter as unknown as new (scope: Scope) => Evaluator;

/** Every part of a template is evaluated by `evaluate`, so that is where it is stopped. */
class BoundedInterpreter extends JinjaInterpreter {
  readonly #limits: TemplateLimits;
  readonly #endMs: number;
  #depth = 0;

  constructor(scope: Scope, limits: TemplateLimits) {
    super(scope);
    this.#limits = limits;
    this.#endMs = performance.now() + limits.timeMs;
  }

  override evaluate(part: unknown, scope: Scope): ReturnType<Evaluator['evaluate']> {
    if (performance.now() > this.#endMs) throw new Error(`it takes longer than ${this.#limits.timeMs} ms`);
    if (this.#depth >= MOST_DEPTH) throw new Error('it is nested too deeply');
    this.#depth++;
    try {
      const result = super.evaluate(part, scope);
      if (sizeOf(result.value) > this.#limits.size) throw new Error('it makes too much text');
      return result;
    } finally {
      this.#depth--;
    }
  }
}

const sizeOf = (value: unknown): number =>
  typeof value === 'string' ? value.length : Array.isArray(value) ? value.length * 10 : 0;

/** The package takes an exhausted stack for an unknown variable; templates of models have some 20 levels. */
const MOST_DEPTH = 400;

function environmentOf(items: Readonly<Record<string, unknown>>, { size }: TemplateLimits): Scope {
  const environment = new Environment() as unknown as Scope;
  const globals = {
    true: true,
    false: false,
    none: null,
    True: true,
    False: false,
    None: null,
    raise_exception(message: unknown) {
      throw new Error(`it says “${String(message)}”`);
    },
    range: (...bounds: number[]) => boundedRange(bounds, size / 10),
    strftime_now: (format: string) => dateText(new Date(), format),
  };
  for (const [name, value] of Object.entries({ ...globals, ...items })) environment.set(name, value);
  return environment;
}

/** As Python's `range`. */
function boundedRange(bounds: readonly number[], most: number): number[] {
  const [start, end, step = 1] = bounds.length > 1 ? bounds : [0, bounds[0]];
  const count = Math.ceil((end! - start!) / step);
  if (!(count <= most)) throw new Error('it counts too far');
  return Array.from({ length: Math.max(0, count) }, (_, i) => start! + i * step);
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/** What templates ask for of Python's `strftime`, in UTC and in English. */
function dateText(date: Date, format: string): string {
  const [year, month, day] = date.toISOString().slice(0, 10).split('-');
  const name = MONTHS[date.getUTCMonth()]!;
  const parts: Record<string, string> = { Y: year!, m: month!, d: day!, B: name, b: name.slice(0, 3), '%': '%' };
  return format.replace(/%([YmdBb%])/g, (_, letter: string) => parts[letter]!);
}
