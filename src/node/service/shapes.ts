/** Shapes of plain data: what comes through a channel is believed only as far as its shape was looked at. */
export type Shape = (value: unknown) => boolean;

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const text: Shape = (value) => typeof value === 'string';
export const flag: Shape = (value) => typeof value === 'boolean';
/** A whole number from 0. */
export const count: Shape = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
export const nothing: Shape = (value) => value === undefined;

export const optional =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined || shape(value);

export const oneOf =
  (...texts: readonly string[]): Shape =>
  (value) =>
    typeof value === 'string' && texts.includes(value);

export const list =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every(shape);

/** An object with at least these fields. */
export const record =
  (fields: Readonly<Record<string, Shape>>): Shape =>
  (value) =>
    isRecord(value) && Object.entries(fields).every(([name, shape]) => shape(value[name]));
