/** Where the grammars lie: beside the bundle in `grammars/`, or in the packages that they come from. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ownFolder } from '#node/ownFolder.ts';
import { GRAMMAR_FILES, type GrammarFile } from './grammars.ts';

/** The absolute path of a grammar, or undefined if it was not installed. */
export function grammarPath(file: GrammarFile, start: string = ownFolder()): string | undefined {
  const source = GRAMMAR_FILES.find((grammar) => grammar.file === file)!.from;
  for (let folder = start; ; folder = dirname(folder)) {
    const bundled = join(folder, 'grammars', file);
    if (existsSync(bundled)) return bundled;
    const installed = join(folder, 'node_modules', source);
    if (existsSync(installed)) return installed;
    if (folder === dirname(folder)) return undefined;
  }
}
