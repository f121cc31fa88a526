/** What tests say that they test, told from the lines that begin them. */

/** The name of the test that a line begins, as words; undefined when it begins none that says anything. */
export function testNameIn(line: string): string | undefined {
  const text = line.slice(0, MAX_LINE);
  for (const pattern of QUOTED) {
    const name = pattern.exec(text)?.[1];
    if (name !== undefined) return said(name);
  }
  for (const pattern of NAMED) {
    const name = pattern.exec(text)?.[1];
    if (name !== undefined) return said(wordsOf(name));
  }
  return undefined;
}

const MAX_LINE = 300;
const QUOTED: readonly RegExp[] = [
  /^\s*(?:it|test|specify)(?:\.\w{1,12})?\(\s*'((?:[^'\\]|\\.){1,200})'/,
  /^\s*(?:it|test|specify)(?:\.\w{1,12})?\(\s*"((?:[^"\\]|\\.){1,200})"/,
  /^\s*(?:it|test|specify)(?:\.\w{1,12})?\(\s*`([^`$]{1,200})`/,
  /^\s*(?:TEST_CASE|SECTION|SCENARIO|SUBCASE|test|it)\s*\(?\s*"([^"]{1,200})"/,
  /^\s*t\.Run\("([^"]{1,200})"/,
  /@DisplayName\("([^"]{1,200})"/,
  /^\s*(?:@Test\s+)?(?:internal |public )?fun\s+`([^`]{1,200})`/,
];
const NAMED: readonly RegExp[] = [
  /^\s*(?:async\s+)?def\s+test_{0,2}(\w{1,120})\s*\(/,
  /^\s*func\s+Test_?(\w{1,120})\s*\(/,
  /^\s*(?:@Test\s+)?(?:public\s+|internal\s+|suspend\s+)?(?:void|fun)\s+(?:test_?(?=[A-Z\d_]))?(\w{2,120})\s*\(\s*\)/,
  /^\s*(?:pub\s+)?(?:async\s+)?fn\s+(?:test_)?([a-z]\w{1,120})\s*\(\s*\)\s*(?:->[^{]{1,80})?\{?\s*$/,
  /^\s*(?:TEST|TEST_F|TEST_P|TEST_IMPL|BENCHMARK)\s*\(\s*(?:\w{1,80}\s*,\s*)?(\w{1,120})\s*\)/,
];

const wordsOf = (name: string): string =>
  name
    .replace(/_+/g, ' ')
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/\p{Lu}(?=\p{Ll})/gu, (letter) => letter.toLowerCase())
    .trim();

function said(name: string): string | undefined {
  const words = name.replaceAll(/\\(.)/g, '$1').replace(/\s+/g, ' ').trim();
  return words.length >= MIN_NAME && /\s/.test(words) ? words : undefined;
}
const MIN_NAME = 12;
