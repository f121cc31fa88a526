/** Qualified names taken apart. */

/** `a::Foo<T>::bar` → a, Foo, bar; also `A.B` and `App\\Http`. Marks around a name (quotes, `#`, `:`) are left out. */
export function splitName(text: string): string[] {
  if (/^["']/.test(text)) return [text.slice(1, -1)];
  const operator = text.indexOf('operator');
  if (operator >= 0 && (operator === 0 || text[operator - 1] === ':'))
    return [...splitName(text.slice(0, Math.max(operator - 2, 0))), text.slice(operator).replace(/\s+/g, ' ')];
  return withoutArguments(text)
    .split(/::|[.\\\s]+/)
    .map((part) => part.replace(/^["'#:@$&*]+|["']+$/g, ''))
    .filter((part) => part !== '');
}

/** The names around what is assigned to or received by this: `Foo.prototype` → Foo, `(s *Stack[T])` → Stack. */
export function ownerNames(text: string): string[] {
  if (text.length > 200) return [];
  const words = withoutArguments(text).match(/[\w$]+/g) ?? [];
  const last = words.at(-1) === 'prototype' ? words.at(-2) : words.at(-1);
  return last === undefined || NO_OWNERS.has(last) ? [] : [last];
}

const NO_OWNERS = new Set(['exports', 'module', 'this', 'self', 'window', 'globalThis', 'global']);

/** The text without what stands in angle and square brackets. */
function withoutArguments(text: string): string {
  let depth = 0;
  let kept = '';
  for (const sign of text) {
    if (sign === '<' || sign === '[') depth++;
    else if (sign === '>' || sign === ']') depth = Math.max(depth - 1, 0);
    else if (depth === 0) kept += sign;
  }
  return kept;
}
