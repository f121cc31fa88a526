import { expect, test } from 'vitest';
import { isExplainable } from '#core/answer/explainPosition.ts';

/** The word between the bars of the text is asked about. */
function check(path: string, text: string): boolean {
  const [before = '', name = '', after = ''] = text.split('|');
  const lines = (before + name + after).split('\n');
  const above = before.split('\n');
  return isExplainable(name, lines, { row: above.length - 1, column: above.at(-1)!.length }, path);
}

test.each<[path: string, text: string]>([
  ['a.ts', 'const x = |retry|(1);'],
  ['a.ts', 'const x = `a ${|retry|(1)} b`;'],
  ['a.ts', 'const x = `a ${ { a: `${1}` }.a } ${|retry|(1)} b`;'],
  ['a.ts', 'const q = /["\'`/]/.test(s) && |retry|(q);'],
  ['a.ts', "const a = b / c; |retry|('x'); // d"],
  ['a.ts', '/* one */ |retry|();'],
  ['a.ts', '/**\n * Retries.\n */\nfunction |retry|() {}'],
  ['a.ts', "const bad = 'never closed;\n|retry|();"],
  ['a.ts', 'this.|default|();'],
  ['a.ts', 'const |type| = 1;'],
  ['a.ts', 'for (const one of |of|) {}'],
  ['a.py', 'def |retry|(self):'],
  ['a.py', '"""Doc\nstring."""\n|retry|()'],
  ['a.py', 'f(x)  # no\n|retry|()'],
  ['a.rs', "fn |retry|<'a>(x: &'a str) {}"],
  ['a.rs', "let c = '\"'; |retry|();"],
  ['a.rb', '"#{|retry_all|}"'],
  ['a.sh', 'x=$#; |retry| "$x"'],
  ['a.hs', "x' = |retry| x"],
  ['a.lua', '--[[ a\nb ]] |retry|()'],
  ['a.sql', 'SELECT |user_name| FROM t -- x'],
  ['a.css', '.|btn-primary| { }'],
  ['Makefile', '|all_targets|: x'],
  ['a.json', '{ "|maxTries|": 5 }'],
  ['README.md', 'Call |withBackoff| first.'],
])('can be explained: %s %j', (path, text) => expect(check(path, text)).toBe(true));

test.each<[path: string, text: string]>([
  ['a.ts', '// calls |retry|'],
  ['a.ts', 'a(); // calls |retry|'],
  ['a.ts', '/*\n |retry|\n*/'],
  ['a.ts', "import x from './|retry|';"],
  ['a.ts', 'const x = `a ${b} |retry|`;'],
  ['a.ts', 'const x = `\n|retry|\n`;'],
  ['a.ts', '|const| x = 1;'],
  ['a.ts', '|type| Name = string;'],
  ['a.ts', '|async| function x() {}'],
  ['a.ts', 'const x: |string| = y;'],
  ['a.ts', 'x = |12|;'],
  ['a.ts', '|true|'],
  ['a.py', '"""Doc\n|retry|\n"""'],
  ['a.py', '# |retry|'],
  ['a.py', '|def| x():'],
  ['a.go', '|func| x() {}'],
  ['a.sh', '# |retry|'],
  ['a.lua', '--[[ a\n|retry| ]]'],
  ['a.sql', '-- |user_name|'],
  ['a.html', '<!-- |retryAll| -->'],
  ['a.json', '{ "maxTries": "|fiveTimes|" }'],
  ['README.md', 'Call the |function| first.'],
  ['a.ts', `${'x'.repeat(2_001)}; |retry|()`],
  ['a.ts', '|a<b|'],
  ['a.ts', '||'],
])('says nothing: %s %j', (path, text) => expect(check(path, text)).toBe(false));
