/** Checks the shape of values that were read from a file: what is wrong with them is said with the place of it. */

/** Says what is wrong with a value that stands at `at`, e.g. "`citations[0].start` must be a number"; else undefined. */
export type Check = (value: unknown, at: string) => string | undefined;

export const isText: Check = (value, at) => (typeof value === 'string' ? undefined : `\`${at}\` must be a text`);

export const isNumber: Check = (value, at) =>
  typeof value === 'number' && Number.isFinite(value) ? undefined : `\`${at}\` must be a number`;

/** A whole number of at least `least`. */
export const isCount =
  (least: number): Check =>
  (value, at) =>
    Number.isSafeInteger(value) && (value as number) >= least
      ? undefined
      : `\`${at}\` must be a whole number of at least ${least}`;

export const isBoolean: Check = (value, at) =>
  typeof value === 'boolean' ? undefined : `\`${at}\` must be true or false`;

export const isOneOf =
  (...texts: readonly string[]): Check =>
  (value, at) =>
    texts.includes(value as string) ? undefined : `\`${at}\` must be one of ${texts.join(', ')}`;

export const isOptional =
  (check: Check): Check =>
  (value, at) =>
    value === undefined ? undefined : check(value, at);

export const isListOf =
  (check: Check): Check =>
  (value, at) =>
    Array.isArray(value)
      ? firstOf(value.entries(), ([i, one]) => check(one, `${at}[${i}]`))
      : `\`${at}\` must be a list`;

/** An object with at least these fields. */
export const isObject =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value, at) =>
    isRecord(value)
      ? firstOf(Object.entries(fields), ([name, check]) => check(value[name], at ? `${at}.${name}` : name))
      : at
        ? `\`${at}\` must be an object`
        : 'it is no object';

/** An object whose field `by` says which of the forms it has. */
export const isVariant =
  (by: string, forms: Readonly<Record<string, Check>>): Check =>
  (value, at) => {
    const form = isRecord(value) ? value[by] : undefined;
    const check = typeof form === 'string' && Object.hasOwn(forms, form) ? forms[form] : undefined;
    return check ? check(value, at) : `\`${at ? `${at}.` : ''}${by}\` must be one of ${Object.keys(forms).join(', ')}`;
  };

/** The lines of a file. */
export const SPAN_FIELDS = { path: isText, start: isCount(1), end: isCount(1) };

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function firstOf<T>(items: Iterable<T>, check: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const wrong = check(item);
    if (wrong) return wrong;
  }
  return undefined;
}
